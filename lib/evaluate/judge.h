// From results and what they should be to one number.
#ifndef ZEROPOINT_EVALUATE_JUDGE_H_
#define ZEROPOINT_EVALUATE_JUDGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status.h"

namespace zeropoint::evaluate {

enum class MetricKind : uint8_t { kTop, kAuc, kAgreement, kMse, kPsnr, kSqnr, kCosine };
// What a metric's numbers are: a fraction of 1, decibels, or plain.
enum class Unit : uint8_t { kFraction, kDecibels, kPlain };

struct MetricSpec {
  MetricKind kind = MetricKind::kTop;
  size_t k = 1;                    // of kTop
  double peak = 0.0;               // of kPsnr; 0: the range of what is expected
  std::optional<float> threshold;  // of outputs with a single score
};

// kInvalidArgument lists the metrics that there are.
absl::StatusOr<MetricSpec> ParseMetric(absl::string_view name);
std::string NameOf(const MetricSpec& spec);
Unit UnitOf(MetricKind kind);
// "%", "dB" or nothing.
absl::string_view UnitText(Unit unit);
bool HigherIsBetter(MetricKind kind);
// Expects the number of a class rather than a tensor.
bool WantsClasses(MetricKind kind);
// Of results that are what they should be; none where that is infinite.
std::optional<double> Perfect(MetricKind kind);
// "1%", "0.01", "1dB". kInvalidArgument names `option`: no number, negative, a unit that the
// metric does not have.
absl::StatusOr<double> ParseAmount(absl::string_view text, Unit unit, absl::string_view option);

// An output of one sample: real numbers, row-major.
struct Output {
  absl::Span<const int64_t> shape;
  absl::Span<const float> values;

  // Of the last axis that counts something: [1,10] and [1,10,1,1] have 10. A tensor of rank 1 is one row.
  size_t classes() const;
  size_t rows() const { return classes() == 0 ? 0 : values.size() / classes(); }
};

// Takes the labels of sample after sample from one array, whose first axis counts the samples.
class LabelReader {
 public:
  LabelReader(absl::Span<const int64_t> shape, absl::Span<const float> values);

  // A class number for each row of `output`; one-hot labels become numbers. kInvalidArgument: no labels left, a number
  // of elements that does not fit, a class that the output does not have.
  absl::StatusOr<std::vector<float>> NextClasses(const Output& output);
  // As many numbers as `output` has.
  absl::StatusOr<std::vector<float>> NextTensor(const Output& output);
  // Whatever belongs to one sample.
  absl::StatusOr<std::vector<float>> NextEntry();
  // kInvalidArgument when labels are left.
  absl::Status Finish(uint64_t samples) const;

 private:
  absl::StatusOr<absl::Span<const float>> Take(size_t entries);
  std::string ShapeText() const;

  std::vector<int64_t> shape_;
  absl::Span<const float> values_;
  size_t entries_ = 0, width_ = 0, next_ = 0;
};

// Collects a metric over samples, in their order.
class Judge {
 public:
  static std::unique_ptr<Judge> Create(const MetricSpec& spec);
  virtual ~Judge() = default;
  // `expected`: a class number a row for WantsClasses(kind), otherwise as many numbers as `output` has.
  virtual absl::Status Add(const Output& output, absl::Span<const float> expected) = 0;
  // kInvalidArgument where the samples leave the metric undefined.
  virtual absl::StatusOr<double> Value() const = 0;
};

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_JUDGE_H_
