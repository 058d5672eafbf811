#include <catch2/catch.hpp>

#include "ir/text.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

std::string Widened(absl::string_view text) {
  absl::StatusOr<ir::Graph> graph = ir::ParseGraph(text);
  REQUIRE(graph.ok());
  REQUIRE(WidenInt8Weights(*graph).ok());
  return ir::ToText(*graph);
}

TEST_CASE("int8 weights beside float activations become real values and keep their parameters") {
  CHECK(Widened(R"(graph main
input %x : float32[1,2]
const %w : int8[2,2] scale=[0.5,2] zero_point=[0,0] = 1 -2 3 4
%y = FULLY_CONNECTED(%x, %w, -) : float32[1,2]
output %y
)") == R"(graph main
input %x : float32[1,2]
const %w : float32[2,2] scale=[0.5,2] zero_point=[0,0] = 0.5 -1 6 8
%y = FULLY_CONNECTED(%x, %w, -) : float32[1,2]
output %y
)");
}

TEST_CASE("scales run along their axis") {
  CHECK_THAT(Widened(R"(graph main
input %x : float32[1,1,1,2]
const %w : int8[1,1,2,2] scale=[1,10] zero_point=[0,0] axis=3 = 1 2 3 4
%y = DEPTHWISE_CONV_2D(%x, %w, -) : float32[1,1,1,2]
output %y
)"),
             Catch::Contains("= 1 20 3 40"));
}

TEST_CASE("integer models and asymmetric weights are left alone") {
  const std::string integer = R"(graph main
input %x : int8[1,2] scale=1 zero_point=0
const %w : int8[1,2] scale=0.5 zero_point=0 = 1 -2
%y = FULLY_CONNECTED(%x, %w, -) : int8[1,1] scale=1 zero_point=0
output %y
)";
  CHECK(Widened(integer) == integer);
  const std::string asymmetric = R"(graph main
input %x : float32[1,2]
const %w : int8[1,2] scale=0.5 zero_point=7 = 1 -2
%y = FULLY_CONNECTED(%x, %w, -) : float32[1,1]
output %y
)";
  CHECK(Widened(asymmetric) == asymmetric);
}

}  // namespace
}  // namespace zeropoint::passes
