// LiteRT's interpreter as the engine of `evaluate` and `recommend`: a Python process beside this one runs it.
#ifndef ZEROPOINT_CLI_LITERT_ENGINE_H_
#define ZEROPOINT_CLI_LITERT_ENGINE_H_

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "zeropoint/evaluate.h"

namespace zeropoint::cli {

// The process; it ends with this object. bindings/python/zeropoint/_litert.py, which it runs, describes what is said.
class LitertEngine {
 public:
  // `python`: a path, or a name that PATH knows. Errors: kUnimplemented where there is no such program, or it has no
  // package ai-edge-litert.
  static absl::StatusOr<std::unique_ptr<LitertEngine>> Start(const std::string& python);
  ~LitertEngine();
  LitertEngine(const LitertEngine&) = delete;
  LitertEngine& operator=(const LitertEngine&) = delete;

  const std::string& name() const { return name_; }  // "LiteRT 2.3 on this machine"
  // As EvaluateOptions::run.
  absl::StatusOr<RunResult> Run(uint64_t model, absl::string_view tflite, const SampleView& sample);

 private:
  LitertEngine(pid_t process, FILE* requests, FILE* answers)
      : process_(process), requests_(requests), answers_(answers) {}

  absl::Status Send(uint64_t model, absl::string_view tflite, const SampleView& sample);
  absl::StatusOr<RunResult> Receive();
  absl::StatusOr<std::string> ReadLine();

  const pid_t process_;
  FILE* requests_;
  FILE* answers_;
  std::string name_;
  std::set<uint64_t> known_;  // models that the process has
};

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_LITERT_ENGINE_H_
