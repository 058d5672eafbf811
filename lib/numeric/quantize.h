// The arithmetic of quantization: parameters from ranges and weights, and how real values become integers.
//
// Which steps are float32 and which double is part of the contract, because the results must equal TensorFlow 2.21's to
// the bit; docs/numerics.md derives the formulas and names their sources. All inputs must be finite.
#ifndef ZEROPOINT_NUMERIC_QUANTIZE_H_
#define ZEROPOINT_NUMERIC_QUANTIZE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "numeric/types.h"

namespace zeropoint::numeric {

// real = (q - zero_point) * scale
struct Affine {
  float scale = 0.0f;
  int64_t zero_point = 0;

  friend bool operator==(const Affine& a, const Affine& b) {
    return a.scale == b.scale && a.zero_point == b.zero_point;
  }
};

// A tensor seen as [outer, channels, inner]: channel c owns the elements (o * channels + c) * inner + i.
struct ChannelLayout {
  size_t outer = 1, channels = 1, inner = 1;
  size_t elements() const { return outer * channels * inner; }
};
// The layout with `axis` as the channels; axis -1: one channel, per-tensor.
ChannelLayout LayoutOf(absl::Span<const int64_t> dims, int axis);

struct MinMax {
  float min = 0.0f, max = 0.0f;
};

// --- parameters ---------------------------------------------------------------------------------------------------

// Activations from their calibrated range.
Affine ActivationInt8(float min, float max);
Affine ActivationInt16(float min, float max);
// An operand that is constant but treated as an activation: its own range.
Affine ConstantInt8(MinMax range);

// Symmetric narrow int8 (-127 ... 127) for weights whose largest magnitude is given: static int8.
float WeightInt8Scale(float magnitude);
// The same before rounding to float32: dynamic range.
double DynamicWeightInt8Scale(float magnitude);
// The same in 16x8, where nothing guards against 0.
float WeightInt16x8Scale(float magnitude);

float BiasInt8Scale(float input_scale, float weight_scale);
float BiasInt16Scale(float input_scale, float weight_scale);

// A bias must stay below half of int32's range. Returns the bias scale that achieves it (its weight scale is the result
// divided by the input's scale), or 0 when the given scale is fine.
double SafeBiasScale(float largest_bias, double bias_scale, bool per_channel);
// 16x8: the weight magnitude to use for a channel with that bias; `magnitude` itself when it is fine.
float SafeWeightMagnitudeInt16x8(float bias, float input_scale, float magnitude);

// --- values -------------------------------------------------------------------------------------------------------

// How real constants become integers, exactly; kernels/encode.h applies it. Rounded half away from zero, then clamped.
struct Encoding {
  enum class Rule : uint8_t {
    kMultiply,  // round(float32(value * factor))
    kDivide,    // round(double(value) / factor + zero_point)
    kFloat16,   // clamp to the finite range, round to even
  };
  Rule rule = Rule::kMultiply;
  std::vector<double> factors;  // one, or one a channel; kMultiply uses them as float32
  int64_t zero_point = 0;
  // Limits of the result.
  int64_t low = 0, high = 0;

  friend bool operator==(const Encoding& a, const Encoding& b) {
    return a.rule == b.rule && a.factors == b.factors && a.zero_point == b.zero_point && a.low == b.low &&
           a.high == b.high;
  }
};

// The factor of kMultiply for a scale: float32(1 / scale).
double Reciprocal(double scale);

}  // namespace zeropoint::numeric

#endif  // ZEROPOINT_NUMERIC_QUANTIZE_H_
