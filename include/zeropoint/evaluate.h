// How good a model's results are, and how much worse than those of the float model that it was made from.
//
//   zeropoint::EvaluateOptions options;
//   options.data = dataset;                 // as Converter::representative_dataset
//   options.labels = {{1000}, classes};     // one class number a sample
//   options.metric = "top1";
//   options.max_drop = "1%";
//   auto result = zeropoint::Evaluate(zeropoint::ModelSource::Path("q.tflite"), options,
//                                     zeropoint::ModelSource::Path("float.tflite"));
//   if (result.ok() && !result->passed) ...
//
// Metrics:
//   top1, top5, top<k>   the fraction of samples whose label is among the k highest scores; needs labels
//   auc                  area under the ROC curve: binary, or the mean over each class against the rest; needs labels
//   agreement            the fraction of samples with the float model's top class; needs the float model
//   mse, psnr, sqnr, cosine
//                        distance from the labels, which are expected tensors then; without labels, from the float
//                        model
// docs/accuracy.md has the formulas.
#ifndef ZEROPOINT_EVALUATE_H_
#define ZEROPOINT_EVALUATE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "zeropoint/converter.h"
#include "zeropoint/dataset.h"
#include "zeropoint/runner.h"
#include "zeropoint/types.h"

namespace zeropoint {

// A model, by path (a SavedModel folder or a .tflite) or as the bytes of a .tflite.
struct ModelSource {
  std::string path, bytes;

  static ModelSource Path(std::string path) { return {std::move(path), ""}; }
  static ModelSource Bytes(std::string bytes) { return {"", std::move(bytes)}; }
  bool empty() const { return path.empty() && bytes.empty(); }
};

// What the results should be: one array, whose first axis counts the samples.
//   class numbers    [samples], or [samples, rows] where an output has several rows of scores. With samples of a batch
//   of
//                    their own, one number a row, one after the other.
//   one-hot classes  the same with a last axis of classes
//   expected tensors [samples, ...], as many elements a sample as the output has
struct Labels {
  std::vector<int64_t> shape;
  std::vector<float> values;  // row-major; class numbers are exact up to 2^24

  bool empty() const { return shape.empty(); }
};

// What a metric of the user's own sees: the results of one sample, as real numbers (Tensor::type is kFloat32), and its
// labels, which are none without EvaluateOptions::labels.
struct MetricInput {
  uint64_t sample = 0;  // counted from 0, among those that are judged
  absl::Span<const Tensor> outputs;
  absl::Span<const float> label;
};

// Runs a .tflite elsewhere than in Zeropoint's engine. Called from one thread, with the samples in order. `model` is a
// number that follows from the file's bytes: it tells models apart without a look at them.
struct RunResult {
  std::vector<Tensor> tensors;  // in the signature's order, with its names; scale 0: as the file has it
  double seconds = 0.0;         // of the inference alone; 0: unknown
};
using RunModel =
    std::function<absl::StatusOr<RunResult>(uint64_t model, absl::string_view tflite, const SampleView& sample)>;

struct EvaluateOptions {
  RepresentativeDataset data;
  Labels labels;
  std::string metric;  // empty: top1 with labels, sqnr without
  // The user's own metric: a number for each sample, of which the mean counts. Called from one thread, in order.
  std::function<absl::StatusOr<double>(const MetricInput&)> function;
  bool higher_is_better = true;    // of `function`
  double peak = 0.0;               // of psnr; 0: the range of what is expected
  std::optional<float> threshold;  // of outputs with a single score: class 1 lies above it
  std::string signature;           // judges the samples of this one; empty: all, which must be of one
  std::string output;              // by the signature's name; empty: the first
  // Gates. "1%" is 0.01 of top<k>, auc, agreement and cosine: points, not a share of the float model's value. "1dB" and
  // "1" are decibels of sqnr and psnr; of mse and `function` it is a plain number.
  std::string max_drop;  // how much worse than the float model at most
  std::string limit;     // what the value itself must reach: at least, or at most where less is better
  SampleState sample_state = SampleState::kCarry;
  int threads = 0;                                    // 0: as many as the machine has
  RunModel run;                                       // empty: Zeropoint's engine; models that keep a state need that
  std::string engine;                                 // what `run` is, for reports: "LiteRT 2.3"
  std::function<bool(const ProgressInfo&)> progress;  // false cancels
  std::atomic<bool>* cancel = nullptr;                // may be set from any thread
};

// One output against the float model's, over all judged samples.
struct OutputDistance {
  std::string name;
  double sqnr_db = 0.0, psnr_db = 0.0, cosine = 0.0, mse = 0.0, max_error = 0.0;
};

struct Evaluation {
  std::string metric;  // "custom": EvaluateOptions::function
  std::string unit;    // "%": `value` is a fraction, 1 of it being 100 %; "dB"; or empty
  bool higher_is_better = true;
  double value = 0.0;
  std::optional<double> float_value;  // of the float model by the same labels
  std::optional<double> drop;         // how much worse the model is; negative: better
  std::optional<double> max_drop, limit;
  bool passed = true;                   // no gate was missed; what equals a bound passes
  uint64_t samples = 0;                 // that were judged
  std::string signature, output;        // that were judged
  std::vector<OutputDistance> outputs;  // with a float model

  // The members; a number that is infinite is the text "inf" or "-inf".
  std::string ToJson() const;
};

// Runs the samples through `model`, and through `float_model` where there is one. The number of threads changes
// nothing. Errors: those of opening models; kInvalidArgument for options that contradict each other, samples that do
// not fit, NaN in samples or results (names sample and tensor), labels that are more or fewer than the samples;
// kCancelled; kUnimplemented names an op without a kernel.
absl::StatusOr<Evaluation> Evaluate(const ModelSource& model, const EvaluateOptions& options,
                                    const ModelSource& float_model = {});

}  // namespace zeropoint

#endif  // ZEROPOINT_EVALUATE_H_
