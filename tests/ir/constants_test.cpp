#include "ir/constants.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "ir/text.h"

using namespace zeropoint;
using namespace zeropoint::ir;

namespace {

// A graph whose value 0 is the constant that `declaration` declares.
Graph With(const std::string& declaration) {
  auto graph = ParseGraph("const %c : " + declaration);
  REQUIRE(graph.ok());
  return *std::move(graph);
}

}  // namespace

TEST_CASE("integer constants of any width read as int64") {
  using Ints = std::vector<int64_t>;
  REQUIRE(*IntElements(With("int8[2] = -1 127"), 0) == Ints{-1, 127});
  REQUIRE(*IntElements(With("uint8[1] = 200"), 0) == Ints{200});
  REQUIRE(*IntElements(With("int16[1] = -300"), 0) == Ints{-300});
  REQUIRE(*IntElements(With("uint16[1] = 65535"), 0) == Ints{65535});
  REQUIRE(*IntElements(With("int32[2] = 1 -70000"), 0) == Ints{1, -70000});
  REQUIRE(*IntElements(With("uint32[1] = 4294967295"), 0) == Ints{4294967295});
  REQUIRE(*IntElements(With("int64[1] = -5000000000"), 0) == Ints{-5000000000});
  REQUIRE(*IntElements(With("bool[2] = 1 0"), 0) == Ints{1, 0});
  REQUIRE(IntElements(With("int32[0] ="), 0)->empty());
}

TEST_CASE("half floats decode exactly, subnormals and specials included") {
  // 1, -2, the smallest subnormal, the largest finite, infinity.
  REQUIRE(*FloatElements(With("float16[5] = 0x003c00c00100ff7b007c"), 0) ==
          std::vector<float>{1.0f, -2.0f, 0x1p-24f, 65504.0f, INFINITY});
  REQUIRE(std::isnan(*FloatScalar(With("float16[1] = 0x007e"), 0)));
  REQUIRE(std::signbit(*FloatScalar(With("float16[1] = 0x0080"), 0)));
}

TEST_CASE("what is not a constant of the kind reads as nothing") {
  Graph graph = With("float32[2] = 1 2");
  REQUIRE_FALSE(IntElements(graph, 0).has_value());
  REQUIRE_FALSE(FloatScalar(graph, 0).has_value());
  REQUIRE_FALSE(IntElements(graph, kNoValue).has_value());
  ValueId activation = graph.AddValue({.name = "a"});
  REQUIRE_FALSE(FloatElements(graph, activation).has_value());
}

TEST_CASE("a scalar is one element of any rank") {
  REQUIRE(*IntScalar(With("int32[] = 7"), 0) == 7);
  REQUIRE(*IntScalar(With("int32[1,1] = 8"), 0) == 8);
  REQUIRE(*FloatScalar(With("float32[1] = 0.25"), 0) == 0.25f);
}
