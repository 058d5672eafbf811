// A model that samples are run through: by Zeropoint's engine on several threads, or elsewhere.
#ifndef ZEROPOINT_PIPELINE_SUBJECT_H_
#define ZEROPOINT_PIPELINE_SUBJECT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "pipeline/samples.h"
#include "zeropoint/evaluate.h"

namespace zeropoint::pipeline {

// The stage of errors in samples, labels and results.
inline constexpr absl::string_view kEvaluateStage = "evaluate";

// A result as real numbers.
struct RealTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values;
};

class Subject {
 public:
  // `run` empty: Zeropoint's engine. A SavedModel is converted to a float .tflite first, with the signatures `keys`.
  static absl::StatusOr<Subject> Open(const ModelSource& source, const RunModel& run, int threads,
                                      const std::vector<std::string>& keys = {});

  const std::vector<SignatureInputs>& signatures() const { return signatures_; }
  const SignatureInputs* FindSignature(const std::string& key) const;  // empty: the first
  const std::string& name() const { return name_; }                    // for errors
  bool has_state() const { return has_state_; }
  bool runs_elsewhere() const { return static_cast<bool>(run_); }

  // `sample` holds real numbers, or what the inputs of `given` take: the data is brought into the form that this
  // model's inputs have. Results with NaN are errors that name the tensor. `worker` below the number of threads; each
  // for one thread at a time, and elsewhere for one thread alone.
  absl::StatusOr<std::vector<RealTensor>> Run(int worker, const SampleView& sample, const Subject& given);
  // Of the inference of the last Run; 0: unknown.
  double seconds(int worker) const { return seconds_[static_cast<size_t>(worker)]; }
  void ResetState(int worker);

 private:
  Subject() = default;
  absl::StatusOr<std::vector<Tensor>> RunAnywhere(int worker, const SampleView& sample);
  absl::Status LearnResultParameters();
  void DropUnknownNames(SampleView& sample) const;

  std::string name_;
  std::string bytes_;    // of the .tflite where it runs elsewhere
  uint64_t number_ = 0;  // follows from bytes_
  RunModel run_;
  bool has_state_ = false;
  std::vector<SignatureInputs> signatures_;
  std::vector<Runner> runners_;  // one a worker
  std::vector<double> seconds_;  // by worker
  // Scale and zero point by signature and name, for results from elsewhere.
  std::map<std::pair<std::string, std::string>, std::pair<float, int64_t>> parameters_;
};

// The .tflite: the bytes themselves, the file's, or those of a SavedModel's float form.
absl::StatusOr<std::string> TfliteBytes(const ModelSource& source, const std::vector<std::string>& keys = {});

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_SUBJECT_H_
