// Plans whose nodes have different schemes.
#include <catch2/catch.hpp>

#include "numeric/quantize.h"
#include "tests/plan/fixture.h"

namespace zeropoint::plan {
namespace {

// Three dense layers in a row, the last two sharing their weights.
constexpr char kChain[] = R"(graph main
input %x : float32[1,2]
const %w : float32[2,2] = 1 2 3 4
const %v : float32[2,2] = 5 6 7 8
%a = FULLY_CONNECTED(%x, %w) : float32[1,2]
%b = FULLY_CONNECTED(%a, %v) : float32[1,2]
%c = FULLY_CONNECTED(%b, %v) : float32[1,2]
output %c
)";

ir::Statistics ChainRanges(const ir::Model& model) {
  return Ranges(model, {{"x", 0, 255}, {"a", 0, 510}, {"b", 0, 1020}, {"c", 0, 2040}});
}

PlanOptions& Choose(PlanOptions& options, const ir::Model& model, absl::string_view result, NodeChoice choice) {
  options.choices[{0, NodeOf(model, result)}] = choice;
  return options;
}

NodeChoice Be(Scheme scheme) {
  NodeChoice choice;
  choice.scheme = scheme;
  return choice;
}

TEST_CASE("a node left float between int8 nodes reads and delivers float32, and has no reason to give") {
  const ir::Model model = ParsedModel(kChain);
  PlanOptions options = With(Scheme::kInt8);
  options.allow_float_fallback = false;  // deliberately float is no offence
  Choose(options, model, "b", Be(Scheme::kFloat));
  const GraphPlan plan = Planned(model, ChainRanges(model), options);
  CHECK(DecisionOn(model, plan, "a").quantized);
  CHECK(DecisionOn(model, plan, "c").quantized);
  CHECK_FALSE(DecisionOn(model, plan, "b").quantized);
  CHECK(DecisionOn(model, plan, "b").reason.empty());
  CHECK(DecisionOn(model, plan, "b").scheme == Scheme::kFloat);
  CHECK(plan.values.count(ValueNamed(model, "b")) == 0);
  CHECK(plan.operands.at({NodeOf(model, "b"), 0}).type == ElementType::kFloat32);
  CHECK(ReadScale(model, plan, "c", 0) == 4.0f);
}

TEST_CASE("a 16x8 node between int8 nodes has int16 on both sides of it") {
  const ir::Model model = ParsedModel(kChain);
  PlanOptions options = With(Scheme::kInt8);
  Choose(options, model, "b", Be(Scheme::kInt16x8));
  const GraphPlan plan = Planned(model, ChainRanges(model), options);
  const ir::NodeId b = NodeOf(model, "b");
  CHECK(plan.operands.at({b, 0}).type == ElementType::kInt16);
  CHECK(plan.operands.at({b, 0}).params.scale[0] == numeric::ActivationInt16(0, 510).scale);
  CHECK(plan.values.at(ValueNamed(model, "a")).type == ElementType::kInt8);
  CHECK(plan.values.at(ValueNamed(model, "b")).type == ElementType::kInt16);
  CHECK(plan.operands.at({NodeOf(model, "c"), 0}).type == ElementType::kInt8);
}

TEST_CASE("a constant that two schemes share is stored once for each") {
  const ir::Model model = ParsedModel(kChain);
  PlanOptions options = With(Scheme::kFloat16);
  NodeChoice dynamic = Be(Scheme::kDynamicRange);
  dynamic.explicit_dequantize = true;
  dynamic.min_weight_elements = 0;
  Choose(options, model, "c", dynamic);
  const GraphPlan plan = Planned(model, {}, options);
  const ir::ValueId v = ValueNamed(model, "v");
  const ir::NodeId b = NodeOf(model, "b"), c = NodeOf(model, "c");
  CHECK(plan.values.at(v).type == ElementType::kInt8);
  CHECK(plan.constants.count({c, 1}) == 0);
  CHECK(plan.constants.at({b, 1}).type == ElementType::kFloat16);
  CHECK(plan.operands.at({b, 1}).type == ElementType::kFloat32);
  CHECK(plan.operands.at({c, 1}).type == ElementType::kFloat32);
}

TEST_CASE("weights smaller than the mode's limit become int8 when the node's own limit lets them") {
  const ir::Model model = ParsedModel(kChain);
  PlanOptions options = With(Scheme::kDynamicRange);
  NodeChoice choice = Be(Scheme::kDynamicRange);
  choice.min_weight_elements = 4;
  Choose(options, model, "b", choice);
  choice.min_weight_elements = 5;
  Choose(options, model, "c", choice);
  const GraphPlan plan = Planned(model, {}, options);
  CHECK_FALSE(DecisionOn(model, plan, "a").quantized);
  CHECK(DecisionOn(model, plan, "b").quantized);
  CHECK_FALSE(DecisionOn(model, plan, "c").quantized);
}

TEST_CASE("a node may have its weights per tensor while the others have them per channel") {
  const ir::Model model = ParsedModel(kChain);
  PlanOptions options = With(Scheme::kInt8);
  NodeChoice choice = Be(Scheme::kInt8);
  choice.per_channel = false;
  Choose(options, model, "b", choice);
  const GraphPlan plan = Planned(model, ChainRanges(model), options);
  CHECK(plan.operands.at({NodeOf(model, "a"), 1}).params.scale.size() == 2);
  CHECK(plan.operands.at({NodeOf(model, "b"), 1}).params.scale.size() == 1);
  CHECK(plan.operands.at({NodeOf(model, "c"), 1}).params.scale.size() == 2);
}

TEST_CASE("float16 of weights only leaves biases as they are") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %w : float32[2,2] = 1 2 3 4
const %b : float32[2] = 1 2
%y = FULLY_CONNECTED(%x, %w, %b) : float32[1,2]
output %y
)");
  PlanOptions options = With(Scheme::kFloat);
  NodeChoice choice = Be(Scheme::kFloat16);
  choice.weights_only = true;
  Choose(options, model, "y", choice);
  const GraphPlan plan = Planned(model, {}, options);
  CHECK(plan.values.at(ValueNamed(model, "w")).type == ElementType::kFloat16);
  CHECK(plan.values.count(ValueNamed(model, "b")) == 0);
}

TEST_CASE("a concatenation of values that nodes left float compute is int8 all the same") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %w : float32[2,2] = 1 2 3 4
%a = FULLY_CONNECTED(%x, %w) : float32[1,2]
%y = CONCATENATION(%x, %a) {axis=1} : float32[1,4]
output %y
)");
  PlanOptions options = With(Scheme::kInt8);
  Choose(options, model, "a", Be(Scheme::kFloat));
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", 0, 255}, {"a", 0, 510}, {"y", 0, 510}}), options);
  CHECK(DecisionOn(model, plan, "y").quantized);
  CHECK(ReadScale(model, plan, "y", 0) == 2.0f);
  CHECK(ReadScale(model, plan, "y", 1) == 2.0f);
}

TEST_CASE("strict mode still names the nodes that are asked to be integer and cannot be") {
  const ir::Model model = ParsedModel(kChain);
  PlanOptions options = With(Scheme::kInt8);
  options.allow_float_fallback = false;
  Choose(options, model, "c", Be(Scheme::kInt16x8));
  const absl::StatusOr<Plan> plan =
      MakePlan(model, Ranges(model, {{"x", 0, 255}, {"a", 0, 510}, {"b", 0, 1}}), options);
  REQUIRE(plan.status().code() == absl::StatusCode::kFailedPrecondition);
  const std::string message(plan.status().message());
  CHECK(message.find("1 op cannot be int16 or int8:") == 0);
  CHECK(message.find("'c'") != std::string::npos);
}

TEST_CASE("inputs and outputs may have the integer type of any scheme that occurs") {
  const ir::Model model = ParsedModel(kChain);
  PlanOptions options = With(Scheme::kInt8);
  Choose(options, model, "c", Be(Scheme::kInt16x8));
  options.input_type = ElementType::kUInt8;
  options.output_type = ElementType::kInt16;
  const GraphPlan plan = Planned(model, ChainRanges(model), options);
  CHECK(plan.values.at(ValueNamed(model, "x")).type == ElementType::kUInt8);
  CHECK(plan.outputs.at(0).type == ElementType::kInt16);
  options.choices.clear();
  const absl::StatusOr<Plan> unmixed = MakePlan(model, ChainRanges(model), options);
  CHECK(unmixed.status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace zeropoint::plan
