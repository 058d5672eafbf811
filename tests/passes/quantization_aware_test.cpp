#include "passes/quantization_aware/absorb.h"
#include "passes/quantization_aware/trained_range.h"
#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

TEST_CASE("a weight behind FAKE_QUANT lies on the grid and remembers the range of its integers") {
  // Steps of 1 from -127 to 127: what lies outside is clipped, what lies between rounded.
  REQUIRE(After(AbsorbWeightFakeQuant, R"(graph main
input %x : float32[4]
const %c : float32[4] = 0.4 -1.6 200 -127
%w = FAKE_QUANT(%c) {max=127.0, min=-127.0, narrow_range=true, num_bits=8} : float32[4]
%y = MUL(%x, %w) {fused_activation_function=0} : float32[4]
output %y
)") == Spelled(R"(graph main
input %x : float32[4]
const %w : float32[4] min=-127 max=127 = 0 -2 127 -127
%y = MUL(%x, %w) {fused_activation_function=0} : float32[4]
output %y
)"));
}

TEST_CASE("a grid of all 256 values gives up its lowest, so that the others stay where they were trained") {
  const Grid grid = *FakeQuantGrid(-128.0f, 127.0f, 8, false);
  CHECK(WeightRange(grid).max == 127.0f);
  // One end at zero: 255 steps on one side need a coarser scale.
  CHECK(WeightRange(*FakeQuantGrid(0.0f, 255.0f, 8, false)).max == 255.0f);
}

TEST_CASE("weights of four bits keep their values and no range") {
  REQUIRE(After(AbsorbWeightFakeQuant, R"(graph main
input %x : float32[2]
const %c : float32[2] = 0.4 9
%w = FAKE_QUANT(%c) {max=7.0, min=-7.0, narrow_range=true, num_bits=4} : float32[2]
%y = MUL(%x, %w) {fused_activation_function=0} : float32[2]
output %y
)") == Spelled(R"(graph main
input %x : float32[2]
const %w : float32[2] = 0 7
%y = MUL(%x, %w) {fused_activation_function=0} : float32[2]
output %y
)"));
}

TEST_CASE("ranges per channel follow the last dimension, and move with it when the constant is transposed") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[2,3]
const %c : float32[3,2] = 1 20 2 30 3 254
const %low : float32[2] = -127 -254
const %high : float32[2] = 127 254
const %perm : int32[2] = 1 0
%q = tf.FakeQuantWithMinMaxVarsPerChannel(%c, %low, %high) {narrow_range=true, num_bits=8} : float32[3,2]
%w = TRANSPOSE(%q, %perm) : float32[2,3]
%y = MUL(%x, %w) {fused_activation_function=0} : float32[2,3]
output %y
)");
  REQUIRE(Apply(AbsorbWeightFakeQuant, graph) == 1);
  REQUIRE(Apply(FoldConstants, graph) == 1);
  RequireContains(ir::ToText(graph), "%w : float32[2,3] min=[-127,-254] max=[127,254] = 1 2 3 20 30 254");
}

TEST_CASE("a constant between QUANTIZE and DEQUANTIZE is a weight with a range too") {
  REQUIRE(After(AbsorbWeightFakeQuant, R"(graph main
input %x : float32[2]
const %c : float32[2] = 0.6 9
%q = QUANTIZE(%c) : uint8[2] scale=0.5 zero_point=128
%w = DEQUANTIZE(%q) : float32[2]
%y = MUL(%x, %w) {fused_activation_function=0} : float32[2]
output %y
)") == Spelled(R"(graph main
input %x : float32[2]
const %w : float32[2] min=-63.5 max=63.5 = 0.5 9
%y = MUL(%x, %w) {fused_activation_function=0} : float32[2]
output %y
)"));
}

TEST_CASE("scaling weights scales their ranges") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[1,2]
const %w : float32[2,2] axis=0 min=-127 max=127 = 1 2 3 4
const %b : float32[2] = 0 0
const %s : float32[2] = 2 -4
%d = FULLY_CONNECTED(%x, %w, %b) {fused_activation_function=0} : float32[1,2]
%y = MUL(%d, %s) {fused_activation_function=0} : float32[1,2]
output %y
)");
  REQUIRE(Apply(FuseScale, graph) == 1);
  RequireContains(ir::ToText(graph), "float32[2,2] min=[-254,-508] max=[254,508] = 2 4 -12 -16");
}

TEST_CASE("the range of an activation is remembered where it is computed") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[4]
const %shape : int32[2] = 2 2
%r = RELU(%x) : float32[4]
%m = RESHAPE(%r, %shape) : float32[2,2]
%q = FAKE_QUANT(%m) {max=255.0, min=0.0, narrow_range=false, num_bits=8} : float32[2,2]
%y = ABS(%q) : float32[2,2]
output %y
)");
  REQUIRE(Apply(AbsorbFakeQuant, graph) == 1);
  const std::string text = ir::ToText(graph);
  RequireContains(text, "%r = RELU(%x) : float32[4] min=0 max=255");
  RequireContains(text, "%y = ABS(%m)");
  CHECK_FALSE(absl::StrContains(text, "FAKE_QUANT"));
}

TEST_CASE("an activation between QUANTIZE and DEQUANTIZE has that range; integers that go elsewhere stay") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[4]
%q = QUANTIZE(%x) : int8[4] scale=0.5 zero_point=-128
%d = DEQUANTIZE(%q) : float32[4]
%y = ABS(%d) : float32[4]
output %y
)");
  REQUIRE(Apply(AbsorbFakeQuant, graph) == 1);
  RequireContains(ir::ToText(graph), "input %x : float32[4] min=0 max=127.5");
  RequireUnchanged(AbsorbFakeQuant, R"(graph main
input %x : float32[4]
%q = QUANTIZE(%x) : int8[4] scale=0.5 zero_point=-128
%d = DEQUANTIZE(%q) : float32[4]
output %d
output %q
)");
}

TEST_CASE("an activation with two ranges gets the union") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[4]
%p = FAKE_QUANT(%x) {max=255.0, min=0.0, narrow_range=false, num_bits=8} : float32[4]
%q = FAKE_QUANT(%x) {max=0.0, min=-51.0, narrow_range=false, num_bits=8} : float32[4]
%y = ADD(%p, %q) {fused_activation_function=0} : float32[4]
output %y
)");
  REQUIRE(Apply(AbsorbFakeQuant, graph) == 2);
  RequireContains(ir::ToText(graph), "input %x : float32[4] min=-51 max=255");
}

TEST_CASE("a FAKE_QUANT that lies between input and output of the graph stays") {
  RequireUnchanged(AbsorbFakeQuant, R"(graph main
input %x : float32[4]
%y = FAKE_QUANT(%x) {max=255.0, min=0.0, narrow_range=false, num_bits=8} : float32[4]
output %y
)");
}
