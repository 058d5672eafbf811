// How far results are from what they should be.
//
// Everything is summed in double, element by element. Threads keep an accumulator a sample and Merge() them in the
// order of the samples, so that the result has the same bits on any number of threads.
#ifndef ZEROPOINT_EVALUATE_METRICS_H_
#define ZEROPOINT_EVALUATE_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "ops/tensor_view.h"

namespace zeropoint::evaluate {

// The real values of a tensor, row-major: quantized integers are scale * (q - zero point), per axis where the
// parameters are, computed in float32 as LiteRT's DEQUANTIZE does. kUnimplemented for types that are no numbers.
absl::StatusOr<std::vector<float>> RealValues(const ops::TensorView& tensor);

// The position of the first NaN.
std::optional<size_t> FindNan(absl::Span<const float> values);

// Distances between a reference and what stands in its place. Elements without a finite reference carry no signal;
// where test equals it, no error.
class Distance {
 public:
  // Both as long, free of NaN.
  void Add(absl::Span<const float> reference, absl::Span<const float> test);
  // As if the elements of `next` had been added behind these.
  void Merge(const Distance& next);

  uint64_t elements() const { return elements_; }
  // Mean of the squared error; 0 without elements.
  double Mse() const;
  double MaxError() const { return max_error_; }  // largest |test - reference|
  // 10 log10(sum of reference^2 / sum of error^2): infinite without error, -infinite where only error is.
  double SqnrDb() const;
  // 10 log10(peak^2 / MSE). The peak is the reference's range, largest minus smallest, unless one is given (255 for
  // images of bytes).
  double PsnrDb(double peak = 0.0) const;
  // Of all elements as two vectors: 1 where both are zero, 0 where one is.
  double Cosine() const;
  double Signal() const { return signal_; }  // sum of reference^2
  double Noise() const { return noise_; }    // sum of error^2
  // Of the finite reference; (inf, -inf) where nothing was added.
  float smallest() const { return smallest_; }
  float largest() const { return largest_; }

 private:
  uint64_t elements_ = 0;
  double signal_ = 0.0, noise_ = 0.0, test_signal_ = 0.0, product_ = 0.0, max_error_ = 0.0;
  float smallest_ = std::numeric_limits<float>::infinity(), largest_ = -std::numeric_limits<float>::infinity();
};

// The class with the highest score; among equals the first, as numpy.argmax has it. `scores` is not empty.
size_t TopClass(absl::Span<const float> scores);
// Whether fewer than k classes come before `label`: those with a higher score, and equals with a lower number.
bool InTopK(absl::Span<const float> scores, size_t label, size_t k);

// Area under the ROC curve: the chance that a positive's score is higher than a negative's, ties counting one half.
// kInvalidArgument without positives or without negatives. As scikit-learn's roc_auc_score.
absl::StatusOr<double> BinaryAuc(absl::Span<const float> scores, const std::vector<bool>& positive);
// `scores` holds one row of `classes` scores for each label. One score or two: binary (of two, their difference),
// labels 0 and
// 1. More: each class against the rest, the mean over classes. kInvalidArgument names a class without samples.
absl::StatusOr<double> Auc(absl::Span<const float> scores, size_t classes, absl::Span<const int64_t> labels);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_METRICS_H_
