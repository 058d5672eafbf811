#include "numeric/fixed_point_16.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "numeric/fixed_point.h"

namespace zeropoint::numeric {
namespace {

constexpr int kBits = 15;                                      // all but the sign
constexpr int16_t kOne = std::numeric_limits<int16_t>::max();  // of Q0.15, as near as it gets

int16_t Wrap(int32_t x) { return static_cast<int16_t>(x); }
int16_t Saturate(int32_t x) {
  return static_cast<int16_t>(std::clamp<int32_t>(x, std::numeric_limits<int16_t>::min(), kOne));
}
int16_t ShiftRight(int16_t x, int bits) { return Wrap(RoundingShiftRight(x, bits)); }
int16_t ShiftLeft(int16_t x, int bits) { return Saturate(static_cast<int32_t>(x) * (1 << bits)); }
// A constant of Q0.31 (or of another split of 31 bits) in 16.
constexpr int16_t Upper(int32_t x) {
  return static_cast<int16_t>((static_cast<int64_t>(x) + (1 << 15) - (x < 0 ? 1 : 0)) >> 16);
}

// exp(x) in Q0.15 of an x in Q0.15 between -1/4 and 0: Taylor's polynomial of degree 4 around -1/8.
int16_t ExpNearZero(int16_t x) {
  constexpr int16_t kExpOfMinusEighth = Upper(1895147668), kThird = Upper(715827883), kEighth = 1 << (kBits - 3);
  const int16_t a = Wrap(x + kEighth);
  const int16_t a2 = DoublingHighMul16(a, a), a3 = DoublingHighMul16(a2, a), a4 = DoublingHighMul16(a2, a2);
  const int16_t cubic = DoublingHighMul16(Wrap(ShiftRight(a4, 2) + a3), kThird);
  const int16_t tail = ShiftRight(Wrap(cubic + a2), 1);
  return Saturate(kExpOfMinusEighth + DoublingHighMul16(kExpOfMinusEighth, Wrap(a + tail)));
}

// exp(x) in Q0.15 of an x <= 0 with so many integer bits.
int16_t ExpOfNegative16(int16_t x, int integer_bits) {
  constexpr int kSmallestPower = -2, kFiveBits = 5;
  // exp(-2^(i + kSmallestPower)) in Q0.31
  constexpr int32_t kExpOfMinusPower[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int fraction_bits = kBits - integer_bits;
  if (x == 0) return kOne;
  // -32 and below is nothing.
  if (integer_bits > kFiveBits && x < -(1 << (fraction_bits + kFiveBits))) return 0;
  const int16_t quarter = Wrap(1 << (fraction_bits + kSmallestPower));
  const int16_t rest = Wrap((x & (quarter - 1)) - quarter);
  int16_t result = ExpNearZero(ShiftLeft(rest, integer_bits));
  const int16_t powers = Wrap(rest - x);  // what is left: a sum of powers of two, each with a factor
  for (int i = 0; i < static_cast<int>(std::size(kExpOfMinusPower)) && i + kSmallestPower < integer_bits; ++i) {
    const bool has_power = (powers & (1 << (fraction_bits + kSmallestPower + i))) != 0;
    if (has_power) result = DoublingHighMul16(result, Upper(kExpOfMinusPower[i]));
  }
  return result;
}

// 2 / (1 + x) in Q2.13 of an x >= 0 in Q0.15: Newton's iteration for the reciprocal of half the denominator.
int16_t TwoOverOnePlus(int16_t x) {
  constexpr int kIntegerBits = 2, kIterations = 3;
  constexpr int16_t k48Over17 = Upper(1515870810), kMinus32Over17 = Upper(-1010580540), kOneInQ2 = 1 << 13;
  const int32_t sum = x + kOne;
  const int16_t half_denominator = Wrap((sum + (sum >= 0 ? 1 : -1)) / 2);
  int16_t estimate = Wrap(k48Over17 + DoublingHighMul16(half_denominator, kMinus32Over17));
  for (int i = 0; i < kIterations; ++i) {
    const int16_t error = Wrap(kOneInQ2 - DoublingHighMul16(half_denominator, estimate));
    estimate = Wrap(estimate + ShiftLeft(DoublingHighMul16(estimate, error), kIntegerBits));
  }
  return estimate;
}

}  // namespace

int16_t Logistic16(int16_t x) {
  constexpr int kIntegerBits = 3;
  constexpr int16_t kHalf = 1 << (kBits - 1);
  if (x == 0) return kHalf;
  const int16_t negative = x > 0 ? Wrap(-x) : x;
  // Halved by reading Q2.13 as Q1.14.
  const int16_t of_magnitude = ShiftLeft(TwoOverOnePlus(ExpOfNegative16(negative, kIntegerBits)), 1);
  return x > 0 ? of_magnitude : Wrap(kOne - of_magnitude);
}

int16_t Tanh16(int16_t x, int integer_bits) {
  constexpr int16_t kOneInQ2 = 1 << 13;
  if (x == 0) return 0;
  const int16_t negative = x < 0 ? x : Wrap(-x);
  // (1 - e) / (1 + e) = 2 / (1 + e) - 1 of e = exp(2 x): the same bits, with one more integer bit.
  const int16_t quotient = TwoOverOnePlus(ExpOfNegative16(negative, integer_bits + 1));
  const int16_t of_magnitude = ShiftLeft(Wrap(quotient - kOneInQ2), 2);
  return x < 0 ? Wrap(-of_magnitude) : of_magnitude;
}

}  // namespace zeropoint::numeric
