#include "ops/hybrid.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "ir/graph.h"
#include "ops/quantized_conv.h"

namespace zeropoint::ops {
namespace {

// The 8-bit ranges of LiteRT's hybrid kernels: symmetric rounding leaves -128 out.
constexpr float kSymmetricMax = 127.0f;
constexpr double kInt8Min = -128.0, kInt8Max = 127.0;

// The steps and their types (float32, double) are those of LiteRT's kernels.
RowParams QuantizeSymmetric(absl::Span<const float> row, int8_t* to) {
  float range = 0.0f;
  for (float v : row) range = std::max(range, std::abs(v));
  if (range == 0.0f) {
    std::fill_n(to, row.size(), int8_t{0});
    return {};
  }
  const float inverse = kSymmetricMax / range;
  for (float v : row) *to++ = static_cast<int8_t>(std::clamp(std::round(v * inverse), -kSymmetricMax, kSymmetricMax));
  return {range / kSymmetricMax, 0};
}

RowParams QuantizeAsymmetric(absl::Span<const float> row, int8_t* to) {
  double min = 0.0, max = 0.0;
  for (float v : row) {
    min = std::min<double>(min, v);
    max = std::max<double>(max, v);
  }
  if (min == max) {
    std::fill_n(to, row.size(), int8_t{0});
    return {};
  }
  const double step = (max - min) / (kInt8Max - kInt8Min);
  // From the end of the range that loses fewer digits.
  const bool from_min = -kInt8Min + std::abs(min / step) < kInt8Max + std::abs(max / step);
  const double exact = from_min ? kInt8Min - min / step : kInt8Max - max / step;
  const float zero = static_cast<float>(std::round(std::clamp(exact, kInt8Min, kInt8Max)));
  const float scale = static_cast<float>(step), inverse = 1.0f / scale;
  constexpr float kMin = static_cast<float>(kInt8Min), kMax = static_cast<float>(kInt8Max);
  for (float v : row) *to++ = static_cast<int8_t>(std::clamp(std::round(zero + v * inverse), kMin, kMax));
  return {scale, static_cast<int32_t>(zero)};
}

// What is not finite has no integer; LiteRT's result is then the compiler's.
bool AllFinite(absl::Span<const float> row) {
  return std::all_of(row.begin(), row.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

RowParams QuantizeRow(absl::Span<const float> row, bool asymmetric, int8_t* to) {
  if (!AllFinite(row)) {
    std::fill_n(to, row.size(), int8_t{0});
    return {std::nanf(""), 0};
  }
  return asymmetric ? QuantizeAsymmetric(row, to) : QuantizeSymmetric(row, to);
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
