// Which mode to quantize a model in: all are tried on the user's samples.
//
//   zeropoint::RecommendOptions options;
//   options.judge.data = dataset;
//   options.judge.labels = labels;
//   auto advice = zeropoint::Recommend(zeropoint::ModelSource::Path("mobilenet/"), options);
//   advice->recommended   // "int8"
//   advice->reason
#ifndef ZEROPOINT_RECOMMEND_H_
#define ZEROPOINT_RECOMMEND_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "zeropoint/converter.h"
#include "zeropoint/evaluate.h"

namespace zeropoint {

// What is wanted of a mode that is good enough.
enum class Prefer : uint8_t {
  kSize = 0,     // the smallest file; among files of about one size, one that needs no float arithmetic
  kLatency = 1,  // the fastest; among about equally fast ones, the smallest
};

struct RecommendOptions {
  // Samples, labels, metric, threads, progress, cancel and so on. `max_drop` says how much worse than the best mode a
  // mode may be, `limit` what it must reach; where neither is given: 1% of top<k>, auc, agreement and cosine, 1dB of
  // psnr with labels, and a limit of 20dB for sqnr and psnr without. mse and functions need one of them.
  EvaluateOptions judge;
  // Of every conversion: target, per_channel, ... The mode, the data, threads, progress and log are set by Recommend.
  ConverterOptions convert;
  std::vector<std::string> modes;  // to try; empty: all. "float" is always tried.
  Prefer prefer = Prefer::kSize;
};

struct ModeTrial {
  std::string mode;
  bool tried = false;  // false: `refusal` says why there is no result
  std::string refusal;
  uint64_t bytes = 0;                  // of the file
  double seconds = 0.0;                // the median time of one inference
  double value = 0.0;                  // of the metric
  double behind = 0.0;                 // how much worse than the best mode
  double sqnr_db = 0.0, cosine = 0.0;  // of the judged output against the float mode's
  int float_ops = 0;                   // that compute with real numbers
  bool integer_only = false;           // no float arithmetic but QUANTIZE and DEQUANTIZE at the inputs and outputs
  bool good_enough = false;
  bool few_samples = false;  // too few to promise for others what it does on these: see Recommend
  bool pareto = false;       // no other mode is as good in size, latency and value, and better in one
};

struct Recommendation {
  std::string metric, unit;  // as in Evaluation
  bool higher_is_better = true;
  std::optional<double> max_drop, limit;                  // that decided
  uint64_t calibration_samples = 0, judging_samples = 0;  // no sample is in both
  std::string latency_source;
  std::string best;  // the mode with the best value
  std::string recommended;
  std::string reason;
  std::vector<ModeTrial> modes;

  std::string ToJson() const;
};

// Converts `model` in each mode with one half of the samples and judges the results by the other half; which sample is
// in which half depends on its number alone. All but the times is the same in every run.
//
// After n independent samples, the next lies beyond a tensor's range, or does worse than the worst of them, with
// probability 1 / (n + 1), whatever the distribution (order statistics). Where that is more than 5 %, a mode is
// measured but not recommended: with fewer than 19 samples that calibrate, modes that need calibration; with fewer than
// 19 that judge, those that quantize activations at run time.
//
// Errors: those of Converter and Evaluate for the float mode; fewer than two samples. What stops another mode is its
// refusal.
absl::StatusOr<Recommendation> Recommend(const ModelSource& model, const RecommendOptions& options);

}  // namespace zeropoint

#endif  // ZEROPOINT_RECOMMEND_H_
