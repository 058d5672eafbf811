// Every op against what LiteRT's float kernels computed (tests/data/make_op_golden.py).
#include <catch2/catch.hpp>

#include "tests/support/golden_node.h"

namespace zeropoint {
namespace {

double Element(ElementType type, const void* data, size_t i) {
  switch (type) {
    case ElementType::kFloat32:
      return static_cast<double>(static_cast<const float*>(data)[i]);
    case ElementType::kInt32:
      return static_cast<const int32_t*>(data)[i];
    default:
      return static_cast<const uint8_t*>(data)[i];
  }
}

TEST_CASE("Every op computes what LiteRT's interpreter computed") {
  static constexpr double kEpsilon = 4e-6;  // LiteRT sums in another order and approximates functions in its own way
  for (const Json& golden : ReadGolden("op_golden.json")) {
    RunGoldenNode(golden, [](const ops::TensorView& got, const ir::Value& want) {
      for (size_t i = 0; i < static_cast<size_t>(got.elements()); ++i) {
        REQUIRE(Element(got.type, got.data, i) ==
                Approx(Element(want.type, want.data.data(), i)).epsilon(kEpsilon).margin(kEpsilon));
      }
    });
  }
}

}  // namespace
}  // namespace zeropoint
