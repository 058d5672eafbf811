// Real numbers to stored integers and half floats, and back. One row of elements; tensors with a scale for each channel
// are kernels/encode.h's business.
#ifndef ZEROPOINT_KERNELS_CONVERT_H_
#define ZEROPOINT_KERNELS_CONVERT_H_

#include <cstddef>
#include <cstdint>

namespace zeropoint::kernels {

// stored = clamp(round(real by factor) + zero_point), rounding half away from zero. NaN becomes `low`.
struct QuantizeStep {
  enum class Rule : uint8_t {
    kMultiply,       // round(real * factor), in float32
    kDivide,         // round(real / factor), in float32
    kDivideExactly,  // round(real / factor + zero_point), in double; factors are floats nonetheless, `exact` the double
  };
  Rule rule = Rule::kMultiply;
  const float* factors = nullptr;  // one, or with `walks` one for each element
  bool walks = false;              // not with kDivideExactly
  double exact = 0.0;              // kDivideExactly: the divisor
  int32_t zero_point = 0;
  int32_t low = 0, high = 0;  // within the stored type
};
void Quantize(const float* from, size_t n, const QuantizeStep& step, int8_t* to);
void Quantize(const float* from, size_t n, const QuantizeStep& step, uint8_t* to);
void Quantize(const float* from, size_t n, const QuantizeStep& step, int16_t* to);

// real = float32(stored - zero_point) * scale
struct DequantizeStep {
  const float* scales = nullptr;  // one, or with `walks` one for each element
  bool walks = false;
  int32_t zero_point = 0;
};
void Dequantize(const int8_t* from, size_t n, const DequantizeStep& step, float* to);
void Dequantize(const uint8_t* from, size_t n, const DequantizeStep& step, float* to);
void Dequantize(const int16_t* from, size_t n, const DequantizeStep& step, float* to);

// numeric::FloatToFiniteHalf and numeric::HalfToFloat of every element.
void ToFiniteHalf(const float* from, size_t n, uint16_t* to);
void FromHalf(const uint16_t* from, size_t n, float* to);

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_CONVERT_H_
