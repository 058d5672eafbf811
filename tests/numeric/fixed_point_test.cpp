#include "numeric/fixed_point.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "numeric/fixed_point_16.h"

using namespace zeropoint::numeric;

TEST_CASE("a real factor becomes a multiplier with 31 digits and a shift") {
  CHECK((ToMultiplier(1.0).value == 1 << 30 && ToMultiplier(1.0).shift == 1));
  CHECK((ToMultiplier(0.75).value == 3 << 29 && ToMultiplier(0.75).shift == 0));
  CHECK(ToMultiplier(0.0).value == 0);
  CHECK(ToMultiplier(std::ldexp(0.9, -40)).value == 0);
  // The largest fraction rounds up to a power of two.
  CHECK((ToMultiplier(1.0 - 1e-12).value == 1 << 30 && ToMultiplier(1.0 - 1e-12).shift == 1));
}

TEST_CASE("sums of 32 bits are rounded twice, half away from zero") {
  const Multiplier half = ToMultiplier(0.5), quarter = ToMultiplier(0.25);
  CHECK(Rescale(3, half) == 2);
  CHECK(Rescale(-3, half) == -1);  // the product's half is rounded up
  CHECK(Rescale(5, half) == 3);
  CHECK(Rescale(6, quarter) == 2);
  CHECK(Rescale(-6, quarter) == -2);
  CHECK(Rescale(1000, ToMultiplier(8.0)) == 8000);
  CHECK(RoundingShiftRight(-3, 1) == -2);
  CHECK(RoundingShiftRight(3, 1) == 2);
}

TEST_CASE("sums of 64 bits are rounded once, half up, by the factor's upper 16 bits") {
  CHECK(Rescale(int64_t{3}, ToMultiplier(0.5)) == 2);
  CHECK(Rescale(int64_t{-3}, ToMultiplier(0.5)) == -1);
  CHECK(Rescale(int64_t{1} << 40, ToMultiplier(std::ldexp(1.0, -30))) == 1 << 10);
}

TEST_CASE("exponentials, reciprocals and roots in fixed point are near the real ones") {
  constexpr double kOne = 2147483648.0;
  for (double x : {0.0, -0.1, -0.25, -1.0, -3.7, -15.0}) {
    const double y = ExpOfNegative(static_cast<int32_t>(x * (1 << 26))) / kOne;
    CHECK(y == Approx(std::exp(x)).margin(1e-6));
  }
  for (double x : {0.0, 0.3, 0.999}) {
    const double y = ReciprocalOfOnePlus(static_cast<int32_t>(x * kOne)) / kOne;
    CHECK(y == Approx(1.0 / (1.0 + x)).margin(1e-6));
  }
  for (int32_t x : {2, 3, 100, 65025, 1 << 30}) {
    const Multiplier root = InverseSqrt(x);
    CHECK(std::ldexp(root.value, root.shift - 31) == Approx(1.0 / std::sqrt(x)).epsilon(1e-5));
  }
}

TEST_CASE("gates of 16 bits are near the real functions over their whole range") {
  constexpr double kOne = 32768.0;
  for (int x = -32768; x < 32768; x += 7) {
    const auto q = static_cast<int16_t>(x);
    CHECK(Logistic16(q) / kOne == Approx(1.0 / (1.0 + std::exp(-x / 4096.0))).margin(1e-3));
    for (int bits = 0; bits <= kMaxTanhBits; ++bits) {
      CHECK(Tanh16(q, bits) / kOne == Approx(std::tanh(std::ldexp(x, bits - 15))).margin(2e-3));
    }
  }
  CHECK(Logistic16(0) == 1 << 14);
  CHECK(Tanh16(0, 3) == 0);
}
