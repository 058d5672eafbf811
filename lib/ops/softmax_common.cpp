#include "ops/softmax_common.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace zeropoint::ops {

Differences DifferencesOf(float scale, float beta) {
  const double one = static_cast<double>(int64_t{1} << (kBits - kDifferenceBits));
  const double largest = static_cast<double>(std::numeric_limits<int32_t>::max());
  Differences differences;
  differences.factor =
      numeric::ToMultiplier(std::min(static_cast<double>(beta) * static_cast<double>(scale) * one, largest));
  differences.factor.shift = std::max(differences.factor.shift, 0);
  const double radius = static_cast<double>((1 << kDifferenceBits) - 1) * one /
                        static_cast<double>(int64_t{1} << differences.factor.shift);
  differences.lowest = -static_cast<int32_t>(std::floor(radius));
  return differences;
}

std::array<float, 256> ExponentialTable(float scale) {
  std::array<float, 256> table;
  for (size_t d = 0; d < table.size(); ++d) table[d] = std::exp(-scale * static_cast<float>(d));
  return table;
}

int32_t LogOfSum(int32_t x) {
  using numeric::DoublingHighMul, numeric::RoundingShiftRight, numeric::SaturatingShiftLeft;
  // x = r * 2^k with r in [sqrt(1/2), 1] times a fourth root of 2, k a multiple of a half; then a quotient of
  // polynomials around the fourth root of 1/2. Sums have 6 bits before the point, one more than the result.
  constexpr int kWideBits = 6;
  constexpr int32_t kLog2 = 1488522236, kFourthRootOfHalf = 1805811301, kSqrtHalf = 1518500250;
  constexpr int32_t kNumerator = 117049297, kDenominator = 127690142, kConstant = 1057819769, kLinear = 638450708;
  constexpr int32_t kQuarter = 1 << (kBits - kWideBits - 2);
  const int zeros = std::countl_zero(static_cast<uint32_t>(x));
  const int32_t normalized = SaturatingShiftLeft(x, zeros - 1);
  const int32_t r_whole = SaturatingShiftLeft(DoublingHighMul(normalized, kSqrtHalf), 1);
  const int32_t k_whole = SaturatingShiftLeft(kSumBits - zeros, kBits - kWideBits) + kQuarter;
  const int headroom = std::countl_zero(static_cast<uint32_t>(DoublingHighMul(x, kSqrtHalf))) - 1;
  const int32_t r_half = SaturatingShiftLeft(x, headroom);
  const int32_t k_half = SaturatingShiftLeft(kSumBits - headroom, kBits - kWideBits) - kQuarter;
  const int32_t r = std::min(r_whole, r_half), k = std::max(k_whole, k_half);
  const int32_t p = static_cast<int32_t>((static_cast<int64_t>(r) + kFourthRootOfHalf + 1) / 2);
  const int32_t q = 2 * (r - kFourthRootOfHalf), square = DoublingHighMul(q, q);
  const int32_t numerator = DoublingHighMul(q, r) + DoublingHighMul(DoublingHighMul(q, square), kNumerator);
  const int32_t denominator =
      DoublingHighMul(p, kConstant + q + DoublingHighMul(kDenominator, square)) + DoublingHighMul(kLinear, q);
  const int32_t fraction =
      DoublingHighMul(RoundingShiftRight(numerator, kWideBits), numeric::ReciprocalOfOnePlus(denominator));
  return SaturatingShiftLeft(DoublingHighMul(k, kLog2) + fraction, 1);
}

}  // namespace zeropoint::ops
