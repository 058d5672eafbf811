// The arithmetic of LiteRT's integer kernels: real factors as integers and shifts, applied with the rounding of its
// reference kernels ("double rounding": once after the product, once after the shift, both half away from zero).
//
// docs/numerics.md derives the formulas. Nothing here overflows whatever the operands are: what leaves int32 wraps.
#ifndef ZEROPOINT_NUMERIC_FIXED_POINT_H_
#define ZEROPOINT_NUMERIC_FIXED_POINT_H_

#include <algorithm>
#include <cstdint>
#include <limits>

namespace zeropoint::numeric {

// value * 2^(shift - 31), value in [2^30, 2^31) or 0; shift at least -31. Negative factors have a negative value.
struct Multiplier {
  int32_t value = 0;
  int shift = 0;
};
// The nearest one; 0 for factors so small that nothing would be left of any int32.
Multiplier ToMultiplier(double factor);

// High half of 2 * a * b, rounded half away from zero.
inline int32_t DoublingHighMul(int32_t a, int32_t b) {
  constexpr int32_t kLowest = std::numeric_limits<int32_t>::min();
  if (a == kLowest && b == kLowest) return std::numeric_limits<int32_t>::max();
  const int64_t product = static_cast<int64_t>(a) * b;
  const int64_t nudge = product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}
// The same for 16 bits.
inline int16_t DoublingHighMul16(int16_t a, int16_t b) {
  constexpr int16_t kLowest = std::numeric_limits<int16_t>::min();
  if (a == kLowest && b == kLowest) return std::numeric_limits<int16_t>::max();
  const int32_t product = static_cast<int32_t>(a) * b;
  const int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<int16_t>((product + nudge) / (1 << 15));
}

// x / 2^bits, rounded half away from zero; bits in [0, 31].
inline int32_t RoundingShiftRight(int32_t x, int bits) {
  const int32_t mask = static_cast<int32_t>((int64_t{1} << bits) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> bits) + (remainder > threshold ? 1 : 0);
}

// x * 2^bits, wrapping; bits in [0, 31].
inline int32_t ShiftLeft(int32_t x, int bits) { return static_cast<int32_t>(static_cast<uint32_t>(x) << bits); }
// x * 2^bits, saturating.
inline int32_t SaturatingShiftLeft(int32_t x, int bits) {
  const int64_t wide = static_cast<int64_t>(x) * (int64_t{1} << bits);
  return static_cast<int32_t>(
      std::clamp<int64_t>(wide, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
}

// x * factor.
inline int32_t Rescale(int32_t x, const Multiplier& factor) {
  const int left = std::min(std::max(factor.shift, 0), 31), right = std::max(-factor.shift, 0);
  return RoundingShiftRight(DoublingHighMul(ShiftLeft(x, left), factor.value), right);
}
// The same for sums of 48 bits, as the kernels of int16 do it: with the factor's upper 16 bits, rounded once, half up.
inline int32_t Rescale(int64_t x, const Multiplier& factor) {
  constexpr int32_t kLargest = 0x7FFF0000;
  const int64_t upper = factor.value < kLargest ? (factor.value + (1 << 15)) >> 16 : 0x7FFF;
  const int total = 15 - std::min(factor.shift, 14);
  const uint64_t sum = static_cast<uint64_t>(x) * static_cast<uint64_t>(upper) + (uint64_t{1} << (total - 1));
  return static_cast<int32_t>(static_cast<int64_t>(sum) >> total);
}

// exp(x) in Q0.31 of an x <= 0 in Q5.26.
int32_t ExpOfNegative(int32_t x);
// 1 / (1 + x) in Q0.31 of an x in Q0.31, x >= 0.
int32_t ReciprocalOfOnePlus(int32_t x);
// 1 / x of an x > 0 with `integer_bits` before the point, as result / 2^(31 + exponent).
int32_t Reciprocal(int32_t x, int integer_bits, int* exponent);

// 1 / sqrt(x) of an x >= 0, which counts as 1 where it is 0.
Multiplier InverseSqrt(int32_t x);

}  // namespace zeropoint::numeric

#endif  // ZEROPOINT_NUMERIC_FIXED_POINT_H_
