#include "rewrite/instrument.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/model_of.h"

using namespace zeropoint;

namespace {

constexpr char kReal[] = R"(graph main
input %x : float32[1,2]
const %c : float32[1,2] = 10 20
%s = ADD(%x, %c) : float32[1,2]
%y = RELU(%s) : float32[1,2]
output %y
)";

// As ApplyPlan leaves it: what the float model has keeps its ids.
ir::Model Quantized(const ir::Model& real) {
  ir::Model model = real;
  ir::Graph& graph = model.graphs[0];
  const ir::NodeId add = graph.first();
  const ir::ValueId x = graph.inputs[0], sum = graph.node(add).output(), result = graph.outputs[0];
  for (ir::ValueId id : {sum, result}) {
    graph.value(id).type = ElementType::kInt8;
    graph.value(id).quant = {{0.5f}, {0}, 0, {}, {}};
  }
  ir::Value held = graph.value(sum);
  held.name = "x8";
  const ir::ValueId x8 = graph.AddValue(held);
  ir::NodeInfo info;
  info.op = "QUANTIZE";
  graph.AddNode(info, {x}, {x8}, add);
  graph.SetInput(add, 0, x8);
  return model;
}

}  // namespace

TEST_CASE("every quantized node stands beside its float form on operands before they were rounded") {
  const ir::Model real = ModelOf({kReal});
  const auto made = rewrite::Instrumented(real, Quantized(real));
  REQUIRE(made.ok());
  const ir::Graph& graph = made->graphs[0];
  std::vector<std::string> ops;
  for (ir::NodeId id : graph.Order()) ops.push_back(graph.node(id).op());
  CHECK(ops == std::vector<std::string>{"QUANTIZE", "ADD", "ADD", "custom.NumericVerify", "RELU", "DEQUANTIZE", "RELU",
                                        "custom.NumericVerify"});
  const std::vector<ir::NodeId> order = graph.Order();
  const ir::Node &sum = graph.node(order[1]), &twin = graph.node(order[2]), &verify = graph.node(order[3]);
  CHECK(twin.input(0) == graph.inputs[0]);
  CHECK(graph.value(twin.input(1)).type == ElementType::kFloat32);
  CHECK(graph.value(twin.output()).type == ElementType::kFloat32);
  CHECK(verify.input(0) == sum.output());
  CHECK(verify.input(1) == twin.output());
  CHECK(graph.value(verify.output()).type == ElementType::kFloat32);
  CHECK(graph.node(order[5]).input(0) == sum.output());
  CHECK(graph.node(order[6]).input(0) == graph.node(order[5]).output());
  CHECK(graph.outputs == Quantized(real).graphs[0].outputs);
}

TEST_CASE("a model without quantized values stays as it is") {
  const ir::Model real = ModelOf({kReal});
  const auto made = rewrite::Instrumented(real, real);
  REQUIRE(made.ok());
  CHECK(ir::ToText(*made) == ir::ToText(real));
}

TEST_CASE("what keeps a state stays alone") {
  const ir::Model real = ModelOf({R"(graph main
input %x : float32[1,2]
variable %state : float32[1,2]
%s = ADD(%x, %state) : float32[1,2]
output %s
)"});
  ir::Model quantized = real;
  ir::Graph& graph = quantized.graphs[0];
  graph.value(graph.outputs[0]).type = ElementType::kInt8;
  graph.value(graph.outputs[0]).quant = {{0.5f}, {0}, 0, {}, {}};
  const auto made = rewrite::Instrumented(real, quantized);
  REQUIRE(made.ok());
  CHECK(made->graphs[0].num_nodes() == 1);
}
