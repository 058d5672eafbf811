#include "numeric/float16.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

namespace zeropoint::numeric {
namespace {

TEST_CASE("every finite half survives the way to float32 and back") {
  for (uint32_t bits = 0; bits < 0x10000u; ++bits) {
    const uint16_t half = static_cast<uint16_t>(bits);
    const float value = HalfToFloat(half);
    if (std::isnan(value)) continue;
    INFO(bits);
    REQUIRE(FloatToHalf(value) == half);
  }
}

TEST_CASE("halves between two neighbours round to the nearest, ties to the even one") {
  for (uint32_t bits = 0; bits < 0x7bffu; ++bits) {
    const uint16_t low = static_cast<uint16_t>(bits), high = static_cast<uint16_t>(bits + 1);
    const float middle = (HalfToFloat(low) + HalfToFloat(high)) / 2.0f;  // exact: float32 has 13 bits more
    INFO(bits);
    REQUIRE(FloatToHalf(middle) == (bits % 2 == 0 ? low : high));
    REQUIRE(FloatToHalf(std::nextafter(middle, 0.0f)) == low);
    REQUIRE(FloatToHalf(std::nextafter(middle, 1e9f)) == high);
  }
}

TEST_CASE("float16 weights are clamped to the finite range") {
  CHECK(FloatToFiniteHalf(1e6f) == 0x7bff);
  CHECK(FloatToFiniteHalf(-1e6f) == 0xfbff);
  CHECK(FloatToFiniteHalf(std::numeric_limits<float>::infinity()) == 0x7bff);
  CHECK(FloatToHalf(1e6f) == 0x7c00);
  CHECK(std::isnan(HalfToFloat(FloatToHalf(std::numeric_limits<float>::quiet_NaN()))));
}

}  // namespace
}  // namespace zeropoint::numeric
