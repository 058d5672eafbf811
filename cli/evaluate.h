// `zeropoint evaluate`.
#ifndef ZEROPOINT_CLI_EVALUATE_H_
#define ZEROPOINT_CLI_EVALUATE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exit_code.h"
#include "litert_engine.h"
#include "zeropoint/evaluate.h"

namespace zeropoint::cli {

// What `evaluate` and `recommend` judge by.
struct JudgeOptions {
  std::string data, labels, metric, output, signature, max_drop, limit;
  std::optional<double> threshold;
  double peak = 0.0;
  bool steps = false, reset_state = false;
  int threads = 0;
  std::string engine = "zeropoint", python = "python3";
  bool json = false, quiet = false;
};

struct EvaluateCommand {
  std::string model, float_model;
  JudgeOptions judge;
};

ExitCode RunEvaluate(const EvaluateCommand& command);

// What the library is asked; the samples are matched to `signatures`. An error has been reported where the code is not
// kSuccess.
ExitCode ReadJudge(const JudgeOptions& judge, const std::vector<SignatureInputs>& signatures, EvaluateOptions& options);

// What --engine may be.
std::vector<std::string> EngineNames();

// Lets `options` run models in `engine` where --engine asks for LiteRT. An error has been reported where the code is
// not kSuccess.
ExitCode StartEngine(const JudgeOptions& judge, EvaluateOptions& options, std::unique_ptr<LitertEngine>& engine);

// "91.30 %", "32.10 dB", "0.00123".
std::string AmountText(double value, const std::string& unit);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_EVALUATE_H_
