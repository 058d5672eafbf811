#include "ops/hybrid.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "ir/graph.h"
#include "kernels/kernel_table.h"
#include "ops/quantized_conv.h"

namespace zeropoint::ops {
namespace {

// The 8-bit ranges of LiteRT's hybrid kernels: symmetric rounding leaves -128 out.
constexpr float kSymmetricMax = 127.0f;
constexpr double kInt8Min = -128.0, kInt8Max = 127.0;
constexpr float kFar = 512.0f;

// zero + v * factor, the product rounded half away from zero: float32 takes 0.5 and drops the rest, so that the float
// below 0.5 goes up as well. Measured with LiteRT 2.3; its sources add the zero point first.
void RoundRow(absl::Span<const float> row, float factor, int32_t zero, int32_t low, int8_t* to) {
  constexpr int32_t kHigh = static_cast<int32_t>(kInt8Max);
  for (float v : row) {
    // Farther away than any int8; written so that NaN, of zero times infinity, has an end, too.
    const float product = std::min(std::max(-kFar, v * factor), kFar);
    *to++ = static_cast<int8_t>(
        std::clamp(static_cast<int32_t>(product + std::copysign(0.5f, product)) + zero, low, kHigh));
  }
}

// The steps and their types (float32, double) are those of LiteRT's kernels.
RowParams QuantizeSymmetric(absl::Span<const float> row, const kernels::MinMaxResult& limits, int8_t* to) {
  const float range = std::max(std::abs(limits.min), std::abs(limits.max));
  if (range == 0.0f) {
    std::fill_n(to, row.size(), int8_t{0});
    return {};
  }
  RoundRow(row, kSymmetricMax / range, 0, static_cast<int32_t>(-kSymmetricMax), to);
  return {range / kSymmetricMax, 0};
}

RowParams QuantizeAsymmetric(absl::Span<const float> row, const kernels::MinMaxResult& limits, int8_t* to) {
  const double min = std::min<double>(0.0, limits.min), max = std::max<double>(0.0, limits.max);
  if (min == max) {
    std::fill_n(to, row.size(), int8_t{0});
    return {};
  }
  const double step = (max - min) / (kInt8Max - kInt8Min);
  // From the end of the range that loses fewer digits.
  const bool from_min = -kInt8Min + std::abs(min / step) < kInt8Max + std::abs(max / step);
  const double exact = from_min ? kInt8Min - min / step : kInt8Max - max / step;
  const auto zero = static_cast<int32_t>(std::round(std::clamp(exact, kInt8Min, kInt8Max)));
  const float scale = static_cast<float>(step);
  RoundRow(row, 1.0f / scale, zero, static_cast<int32_t>(kInt8Min), to);
  return {scale, zero};
}

}  // namespace

RowParams QuantizeRow(absl::Span<const float> row, bool asymmetric, int8_t* to) {
  const kernels::MinMaxResult limits = kernels::MinMax(row.data(), row.size());
  // What is not finite has no integer; LiteRT's result is then the compiler's.
  if (!limits.all_finite) {
    std::fill_n(to, row.size(), int8_t{0});
    return {std::nanf(""), 0};
  }
  return asymmetric ? QuantizeAsymmetric(row, limits, to) : QuantizeSymmetric(row, limits, to);
}

QuantizedRows QuantizeRows(const float* x, int64_t rows, int64_t size, bool asymmetric) {
  QuantizedRows result;
  result.elements.resize(static_cast<size_t>(rows * size));
  for (int64_t r = 0; r < rows; ++r) {
    const absl::Span<const float> row(x + r * size, static_cast<size_t>(size));
    result.params.push_back(QuantizeRow(row, asymmetric, result.elements.data() + r * size));
  }
  return result;
}

absl::StatusOr<WeightScales> WeightScalesOf(const TensorView& weights, int64_t channels) {
  if (weights.quant == nullptr || !weights.quant->quantized())
    return absl::InvalidArgumentError("the weights have no scale");
  const std::vector<float>& scales = weights.quant->scale;
  if (scales.size() != 1 && static_cast<int64_t>(scales.size()) != channels) {
    return absl::InvalidArgumentError(absl::StrCat(scales.size(), " scales for ", channels, " output channels"));
  }
  return WeightScales{scales};
}

absl::StatusOr<std::shared_ptr<const void>> PrepareHybrid(const PrepareContext& context) {
  return WidenWeights(context.inputs[1]);
}

}  // namespace zeropoint::ops
