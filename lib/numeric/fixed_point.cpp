#include "numeric/fixed_point.h"

#include <bit>
#include <cmath>
#include <iterator>

namespace zeropoint::numeric {
namespace {

// exp(x) in Q0.31 of an x in Q0.31 between -1/4 and 0: Taylor's polynomial of degree 4 around -1/8.
int32_t ExpNearZero(int32_t x) {
  constexpr int32_t kExpOfMinusEighth = 1895147668, kThird = 715827883, kEighth = 1 << 28;
  const int32_t a = x + kEighth;
  const int32_t a2 = DoublingHighMul(a, a), a3 = DoublingHighMul(a2, a), a4 = DoublingHighMul(a2, a2);
  const int32_t quarter_a4 = RoundingShiftRight(a4, 2);
  const int32_t tail = RoundingShiftRight(DoublingHighMul(quarter_a4 + a3, kThird) + a2, 1);
  return kExpOfMinusEighth + DoublingHighMul(kExpOfMinusEighth, a + tail);
}

}  // namespace

Multiplier ToMultiplier(double factor) {
  if (factor == 0.0 || !std::isfinite(factor)) return {};
  Multiplier multiplier;
  const double fraction = std::frexp(factor, &multiplier.shift);
  int64_t value = std::llround(std::round(fraction * static_cast<double>(int64_t{1} << 31)));
  if (value == int64_t{1} << 31) {
    value /= 2;
    ++multiplier.shift;
  }
  constexpr int kSmallestShift = -31;
  if (multiplier.shift < kSmallestShift) return {};
  multiplier.value = static_cast<int32_t>(value);
  return multiplier;
}

int32_t ExpOfNegative(int32_t x) {
  constexpr int kFractionalBits = 26, kIntegerBits = 5;
  if (x == 0) return std::numeric_limits<int32_t>::max();
  constexpr int32_t kQuarter = 1 << (kFractionalBits - 2);
  const int32_t rest = (x & (kQuarter - 1)) - kQuarter;
  int32_t result = ExpNearZero(SaturatingShiftLeft(rest, kIntegerBits));
  // What is left is a sum of powers of two, each with a factor in Q0.31.
  const int32_t powers = static_cast<int32_t>(static_cast<uint32_t>(rest) - static_cast<uint32_t>(x));
  constexpr int32_t kExpOfMinusPower[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  constexpr int kSmallestPower = -2;
  for (int i = 0; i < static_cast<int>(std::size(kExpOfMinusPower)); ++i) {
    if ((powers & (1 << (kFractionalBits + kSmallestPower + i))) != 0) {
      result = DoublingHighMul(result, kExpOfMinusPower[i]);
    }
  }
  return result;
}

int32_t ReciprocalOfOnePlus(int32_t x) {
  // Newton's iteration in Q2.29 for the reciprocal of half the denominator, which lies in [1/2, 1].
  constexpr int32_t kOne = 1 << 29, k48Over17 = 1515870810, kMinus32Over17 = -1010580540;
  constexpr int kIterations = 3;
  const int64_t sum = static_cast<int64_t>(x) + std::numeric_limits<int32_t>::max();
  const int32_t half_denominator = static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  int32_t estimate = k48Over17 + DoublingHighMul(half_denominator, kMinus32Over17);
  for (int i = 0; i < kIterations; ++i) {
    const int32_t error = kOne - DoublingHighMul(half_denominator, estimate);
    estimate += SaturatingShiftLeft(DoublingHighMul(estimate, error), 2);
  }
  return SaturatingShiftLeft(estimate, 1);
}

int32_t Reciprocal(int32_t x, int integer_bits, int* exponent) {
  const uint32_t bits = static_cast<uint32_t>(x);
  const int headroom = std::countl_zero(bits);
  *exponent = integer_bits - headroom;
  const uint32_t normalized = headroom < 32 ? bits << headroom : 0;
  return ReciprocalOfOnePlus(static_cast<int32_t>(normalized - (uint32_t{1} << 31)));
}

Multiplier InverseSqrt(int32_t x) {
  if (x <= 1) return {std::numeric_limits<int32_t>::max(), 0};
  // Brought to [2^27, 2^29) by a power of 4, whose root goes to the shift.
  constexpr int kTopBit = 29, kShiftAtTop = 11;
  int shift = kShiftAtTop;
  while (x >= 1 << kTopBit) {
    x /= 4;
    ++shift;
  }
  const int pairs = (std::countl_zero(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  x <<= 2 * pairs;
  // Newton's iteration in Q3.28 from 1.
  constexpr int32_t kOne = 1 << 28, kOneAndAHalf = (1 << 28) + (1 << 27), kSqrtHalf = 1518500250;
  constexpr int kIterations = 5;
  const int32_t half = RoundingShiftRight(x >> 1, 1);
  int32_t root = kOne;
  for (int i = 0; i < kIterations; ++i) {
    const int32_t cube = SaturatingShiftLeft(DoublingHighMul(DoublingHighMul(root, root), root), 6);
    root = SaturatingShiftLeft(DoublingHighMul(kOneAndAHalf, root) - DoublingHighMul(half, cube), 3);
  }
  root = DoublingHighMul(root, kSqrtHalf);
  if (shift < 0) return {ShiftLeft(root, -shift), 0};
  return {root, -shift};
}

}  // namespace zeropoint::numeric
