#include "numeric/quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace zeropoint::numeric {
namespace {

// Ranges narrower than this are widened, activations by it on both sides, constants to it as a whole.
constexpr double kSmallestRange = 1e-6;
constexpr double kInt8Steps = 255.0;        // -128 ... 127
constexpr double kNarrowInt8Steps = 254.0;  // -127 ... 127
constexpr float kInt8Half = 127.0f;
constexpr float kInt16Half = 32767.0f;
constexpr double kLargestBias = std::numeric_limits<int32_t>::max() / 2;

Affine AsymmetricInt8(double min, double max) {
  Affine params;
  params.scale = (static_cast<float>(max) - static_cast<float>(min)) / static_cast<float>(kInt8Steps);
  // Quotient and difference are double, the zero point is rounded from float32.
  const float zero = static_cast<float>(-128.0 - min / static_cast<double>(params.scale));
  params.zero_point = static_cast<int64_t>(std::round(std::clamp(zero, -128.0f, 127.0f)));
  return params;
}

// Half of the widened range of a symmetric constant.
double GuardedMagnitude(float magnitude) {
  const double m = magnitude;
  return 2.0 * m <= kSmallestRange ? std::max(m, kSmallestRange / 2.0) : m;
}

}  // namespace

ChannelLayout LayoutOf(absl::Span<const int64_t> dims, int axis) {
  ChannelLayout layout;
  for (size_t d = 0; d < dims.size(); ++d) {
    const size_t size = static_cast<size_t>(dims[d]);
    if (static_cast<int>(d) == axis) {
      layout.channels = size;
    } else if (static_cast<int>(d) < axis) {
      layout.outer *= size;
    } else {
      layout.inner *= size;
    }
  }
  return layout;
}

Affine ActivationInt8(float min, float max) {
  double low = std::min(static_cast<double>(min), 0.0), high = std::max(static_cast<double>(max), 0.0);
  if (std::fabs(high - low) < kSmallestRange) {
    low -= kSmallestRange;
    high += kSmallestRange;
  }
  return AsymmetricInt8(low, high);
}

Affine ActivationInt16(float min, float max) {
  const float low = std::min(min, 0.0f), high = std::max(max, 0.0f);
  return {std::max(std::fabs(low), std::fabs(high)) / kInt16Half, 0};
}

Affine ConstantInt8(MinMax range) {
  double low = std::min(range.min, 0.0f), high = std::max(range.max, 0.0f);
  if (high - low <= kSmallestRange) {
    low = std::min(low, -kSmallestRange / 2.0);
    high = std::max(high, kSmallestRange / 2.0);
  }
  return AsymmetricInt8(low, high);
}

float WeightInt8Scale(float magnitude) {
  // Not magnitude / 127: the two differ in the last bit for some magnitudes.
  const float half = static_cast<float>(GuardedMagnitude(magnitude));
  return (half - -half) / static_cast<float>(kNarrowInt8Steps);
}

double DynamicWeightInt8Scale(float magnitude) { return 2.0 * GuardedMagnitude(magnitude) / kNarrowInt8Steps; }

float WeightInt16x8Scale(float magnitude) { return magnitude / kInt8Half; }

float BiasInt8Scale(float input_scale, float weight_scale) {
  return static_cast<float>(static_cast<double>(input_scale) * static_cast<double>(weight_scale));
}

float BiasInt16Scale(float input_scale, float weight_scale) { return input_scale * weight_scale; }

double SafeBiasScale(float largest_bias, double bias_scale, bool per_channel) {
  const double steps = static_cast<double>(largest_bias) / bias_scale;
  const bool safe = per_channel ? steps <= kLargestBias : steps < kLargestBias;
  return safe ? 0.0 : static_cast<double>(largest_bias) / kLargestBias;
}

float SafeWeightMagnitudeInt16x8(float bias, float input_scale, float magnitude) {
  constexpr float kInt32Max = static_cast<float>(std::numeric_limits<int32_t>::max());
  const float size = std::fabs(bias);
  if (size < 0.5f * input_scale * (magnitude / kInt8Half) * kInt32Max) return magnitude;
  return 2.0f * size / kInt32Max * (kInt8Half / input_scale);
}

double Reciprocal(double scale) { return static_cast<double>(static_cast<float>(1.0 / scale)); }

}  // namespace zeropoint::numeric
