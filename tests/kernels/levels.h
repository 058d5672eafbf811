// Comparing kernel tables bit for bit.
#ifndef ZEROPOINT_TESTS_KERNELS_LEVELS_H_
#define ZEROPOINT_TESTS_KERNELS_LEVELS_H_

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "kernels/kernel_table.h"

namespace zeropoint::kernels {

inline constexpr Clamp kAll{-std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};

// Same bits; any NaN equals any other.
inline bool SameBits(float a, float b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}

inline bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!SameBits(a[i], b[i])) return false;
  }
  return true;
}

inline std::vector<float> RandomFloats(size_t n, unsigned seed, float low = -2.0f, float high = 2.0f) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(n);
  for (float& v : values) v = uniform(random);
  return values;
}

// Any bit pattern: subnormals, infinities and NaN among them.
inline std::vector<float> RandomBits(size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(n);
  for (float& v : values) v = std::bit_cast<float>(static_cast<uint32_t>(random()));
  return values;
}

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_TESTS_KERNELS_LEVELS_H_
