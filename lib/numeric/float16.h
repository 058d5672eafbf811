// IEEE binary16 to and from float32, in integer arithmetic: the same bits on every machine.
#ifndef ZEROPOINT_NUMERIC_FLOAT16_H_
#define ZEROPOINT_NUMERIC_FLOAT16_H_

#include <cstdint>

namespace zeropoint::numeric {

inline constexpr float kMaxFloat16 = 65504.0f;

// Rounds to nearest, ties to even; denormals are kept, what is too large becomes infinity.
uint16_t FloatToHalf(float value);
// As float16 quantization stores a weight: clamped to the finite range first.
uint16_t FloatToFiniteHalf(float value);
float HalfToFloat(uint16_t half);

}  // namespace zeropoint::numeric

#endif  // ZEROPOINT_NUMERIC_FLOAT16_H_
