// Every op with an integer kernel against what LiteRT's reference kernels computed (tests/data/make_integer_golden.py),
// bit for bit.
#include <catch2/catch.hpp>
#include <cstring>

#include "tests/support/golden_node.h"

namespace zeropoint {
namespace {

TEST_CASE("Every integer kernel computes the bits that LiteRT's reference kernel computed") {
  for (const Json& golden : ReadGolden("integer_golden.json")) {
    RunGoldenNode(golden, [](const ops::TensorView& got, const ir::Value& want) {
      CHECK(std::memcmp(got.data, want.data.data(), got.bytes()) == 0);
    });
  }
}

}  // namespace
}  // namespace zeropoint
