#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "tests/passes/support.h"

using namespace zeropoint;
using namespace zeropoint::passes;
using namespace zeropoint::passes::testing;

namespace {

std::string DimensionOf(absl::string_view input, int axis) {
  const std::string begin = std::to_string(axis), end = std::to_string(axis + 1);
  return "graph main\ninput %x : " + std::string(input) + "\nconst %b : int32[1] = " + begin +
         "\nconst %e : int32[1] = " + end + R"(
const %s : int32[1] = 1
%shape = SHAPE(%x) {out_type=2} : int32[?]
%dim = STRIDED_SLICE(%shape, %b, %e, %s) {begin_mask=0, ellipsis_mask=0, end_mask=0, new_axis_mask=0, shrink_axis_mask=1} : int32[]
output %dim
)";
}

}  // namespace

TEST_CASE("chains of constants become one constant") {
  REQUIRE(After(FoldConstants, R"(graph main
input %x : float32[2]
const %a : float32[2] = 4 9
const %b : float32[] = 1
%r = SQRT(%a) : float32[2]
%c = ADD(%r, %b) {fused_activation_function=0} : float32[2]
%y = ADD(%x, %c) {fused_activation_function=0} : float32[2]
output %y
)",
                2) == Spelled(R"(graph main
input %x : float32[2]
const %c : float32[2] = 3 4
%y = ADD(%x, %c) {fused_activation_function=0} : float32[2]
output %y
)"));
}

TEST_CASE("a few bytes do not fold into a huge constant") {
  RequireUnchanged(FoldConstants, R"(graph main
input %x : float32[1]
const %dims : int32[2] = 4096 4096
const %value : float32[] = 1
%big = FILL(%dims, %value) : float32[4096,4096]
%y = ADD(%big, %x) {fused_activation_function=0} : float32[4096,4096]
output %y
)");
}

TEST_CASE("the known dimensions of a shape are constants") {
  RequireContains(After(MaterializeShapes, DimensionOf("float32[?,7,5]", 1)), "const %dim : int32[] = 7");
}

TEST_CASE("an unknown dimension stays computed") {
  RequireUnchanged(MaterializeShapes, DimensionOf("float32[?,7]", 0));
}

TEST_CASE("int8 weights beside float activations become their real values, once for all readers") {
  ir::Graph graph = Parse(R"(graph main
input %x : float32[1,2]
const %w : int8[2,2] = 1 -2 3 4
%a = FULLY_CONNECTED(%x, %w, -) : float32[1,2]
%b = FULLY_CONNECTED(%a, %w, -) : float32[1,2]
output %b
)");
  const ir::NodeId first = graph.first();
  ir::QuantParams& quant = graph.value(graph.node(first).input(1)).quant;
  quant.scale = {0.5f, 0.25f};  // a channel each
  quant.zero_point = {0, 1};
  REQUIRE(Apply(WidenInt8Weights, graph) == 1);
  const ir::ValueId weights = graph.node(first).input(1);
  REQUIRE(*ir::FloatElements(graph, weights) == std::vector<float>{0.5f, -1.0f, 0.5f, 0.75f});
  REQUIRE(graph.node(graph.next(first)).input(1) == weights);
  REQUIRE_FALSE(graph.value(weights).quant.quantized());
}

TEST_CASE("a variable that is set to float16 zeros starts from zero without being told") {
  for (const bool zero : {true, false}) {
    INFO(zero);
    ir::Graph graph = Parse(absl::StrCat(R"(graph main
input %x : float32[1,1]
const %w : float32[1,1] = 1
const %h : float16[1,1] = )",
                                         zero ? "0x0000" : "0x003c", R"(
%state = DEQUANTIZE(%h) : float32[1,1]
%y = SVDF(%x, %w, %w, -, %state) {rank=1} : float32[1,1]
output %y
)"));
    const ir::ValueId state = graph.node(graph.next(graph.first())).input(4);
    graph.value(state).is_variable = true;
    REQUIRE(Apply(WidenFloat16, graph) == (zero ? 1 : 0));
    REQUIRE((graph.producer(state) == ir::kNoNode) == zero);
    REQUIRE(graph.value(state).is_variable);
    REQUIRE_FALSE(graph.value(state).is_constant);
  }
}

TEST_CASE("float16 weights are widened exactly") {
  REQUIRE(After(WidenFloat16, R"(graph main
input %x : float32[4]
const %h : float16[4] = 0x003c00c001000535
%w = DEQUANTIZE(%h) : float32[4]
%y = MUL(%x, %w) {fused_activation_function=0} : float32[4]
output %y
)") == Spelled(R"(graph main
input %x : float32[4]
const %w : float32[4] = 1 -2 5.9604644775390625e-08 0.313720703125
%y = MUL(%x, %w) {fused_activation_function=0} : float32[4]
output %y
)"));
}
