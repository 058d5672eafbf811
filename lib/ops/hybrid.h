// Integer weights beside real activations, as LiteRT's hybrid kernels multiply them: activations become int8 with
// parameters chosen anew for each row in each run, sums of products are integers, results are real.
#ifndef ZEROPOINT_OPS_HYBRID_H_
#define ZEROPOINT_OPS_HYBRID_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// What an int8 of a row stands for: (q - zero) * scale.
struct RowParams {
  float scale = 1.0f;
  int32_t zero = 0;
};

// Rounds a row; `to` has as many elements. Symmetric: zero is 0 and -128 is not used. A row of zeros has scale 1.
RowParams QuantizeRow(absl::Span<const float> row, bool asymmetric, int8_t* to);

// Rows of a tensor, one after the other.
struct QuantizedRows {
  std::vector<int8_t> elements;
  std::vector<RowParams> params;
};
QuantizedRows QuantizeRows(const float* x, int64_t rows, int64_t size, bool asymmetric);

// The scales of the weights, one or as many as `channels`, which index 0 or c. kInvalidArgument for another number.
struct WeightScales {
  absl::Span<const float> scales;
  bool per_channel() const { return scales.size() > 1; }
  bool all_equal() const {
    return std::all_of(scales.begin(), scales.end(), [&](float s) { return s == scales[0]; });
  }
  float of(int64_t c) const { return scales[per_channel() ? static_cast<size_t>(c) : 0]; }
};
absl::StatusOr<WeightScales> WeightScalesOf(const TensorView& weights, int64_t channels);

// prepare_hybrid of ops with constant weights in operand 1: widened.
absl::StatusOr<std::shared_ptr<const void>> PrepareHybrid(const PrepareContext& context);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_HYBRID_H_
