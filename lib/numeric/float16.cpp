#include "numeric/float16.h"

#include <algorithm>
#include <cstring>

namespace zeropoint::numeric {
namespace {

// Field widths of the two formats.
constexpr int kFloatMantissa = 23, kHalfMantissa = 10;
constexpr int kFloatBias = 127, kHalfBias = 15;
constexpr int kDropped = kFloatMantissa - kHalfMantissa;
constexpr uint32_t kHalfInfinity = 0x7c00u;

// Shifts right and rounds what falls off to nearest, ties to even.
uint32_t ShiftToEven(uint32_t bits, int shift) {
  const uint32_t kept = bits >> shift;
  const uint32_t lost = bits & ((1u << shift) - 1);
  const uint32_t tie = 1u << (shift - 1);
  return kept + ((lost > tie || (lost == tie && (kept & 1u) != 0)) ? 1u : 0u);
}

}  // namespace

uint16_t FloatToHalf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t magnitude = bits & 0x7fffffffu;
  const int exponent = static_cast<int>(magnitude >> kFloatMantissa) - kFloatBias + kHalfBias;
  uint32_t half;
  if (magnitude > 0x7f800000u) {
    half = kHalfInfinity | 0x200u;  // a quiet NaN
  } else if (exponent >= 31) {
    half = kHalfInfinity;
  } else if (exponent > 0) {
    // A carry out of the mantissa raises the exponent, up to infinity, by itself.
    half = ShiftToEven((static_cast<uint32_t>(exponent) << kFloatMantissa) | (magnitude & 0x7fffffu), kDropped);
  } else if (exponent >= -kHalfMantissa) {
    half = ShiftToEven((magnitude & 0x7fffffu) | 0x800000u, kDropped + 1 - exponent);
  } else {
    half = 0;
  }
  return static_cast<uint16_t>(sign | half);
}

uint16_t FloatToFiniteHalf(float value) { return FloatToHalf(std::clamp(value, -kMaxFloat16, kMaxFloat16)); }

float HalfToFloat(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t exponent = (half >> kHalfMantissa) & 0x1fu;
  const uint32_t mantissa = half & 0x3ffu;
  uint32_t bits;
  if (exponent == 0x1fu) {
    bits = sign | 0x7f800000u | (mantissa << kDropped);
  } else if (exponent != 0) {
    bits = sign | ((exponent + kFloatBias - kHalfBias) << kFloatMantissa) | (mantissa << kDropped);
  } else {
    // Zero or a denormal: mantissa * 2^-24, exact in float32.
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    std::memcpy(&bits, &magnitude, sizeof bits);
    bits |= sign;
  }
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace zeropoint::numeric
