#include <catch2/catch.hpp>

#include "tests/plan/fixture.h"

namespace zeropoint::plan {
namespace {

TEST_CASE("16x8 has int16 activations, int8 weights, an int64 bias and the attribute that says so") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %w : float32[2,2] = 127 1 2 -254
const %b : float32[2] = 1 2
%y = FULLY_CONNECTED(%x, %w, %b) : float32[1,2]
%s = SOFTMAX(%y) {beta=1.0} : float32[1,2]
output %s
)");
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -32767, 10}, {"y", 0, 65534}, {"s", 0, 1}}), With(Scheme::kInt16x8));
  const ir::NodeId node = NodeOf(model, "y");
  CHECK(plan.operands.at({node, 0}).type == ElementType::kInt16);
  CHECK(plan.operands.at({node, 0}).params.scale == std::vector<float>{1.0f});
  CHECK(plan.operands.at({node, 1}).type == ElementType::kInt8);
  CHECK(plan.operands.at({node, 1}).params.scale == std::vector<float>{1.0f, 2.0f});
  CHECK(plan.operands.at({node, 2}).type == ElementType::kInt64);
  CHECK(plan.operands.at({node, 2}).params.scale == std::vector<float>{1.0f, 2.0f});
  CHECK(StoredScale(model, plan, "y") == 2.0f);
  CHECK(StoredScale(model, plan, "s") == 1.0f / 32768);
  REQUIRE(plan.nodes.at(node).attrs.size() == 1);
  CHECK(plan.nodes.at(node).attrs[0].name == "quantized_bias_type");
}

TEST_CASE("in 16x8 parameters flow forward and a concatenation requantizes its operands") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,4,4,1]
%p = MAX_POOL_2D(%x) {padding=1, stride_w=2, stride_h=2, filter_width=2, filter_height=2} : float32[1,2,2,1]
%a = RELU(%p) : float32[1,2,2,1]
%c = CONCATENATION(%p, %a) {axis=3} : float32[1,2,2,2]
output %c
)");
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -4, 4}, {"p", -1, 1}, {"a", 0, 1}, {"c", -1, 1}}), With(Scheme::kInt16x8));
  CHECK(StoredScale(model, plan, "p") == 4.0f / 32767);
  CHECK(StoredScale(model, plan, "a") == 1.0f / 32767);
  CHECK(StoredScale(model, plan, "c") == 1.0f / 32767);
  CHECK(ReadScale(model, plan, "c", 0) == 1.0f / 32767);
}

TEST_CASE("a 16x8 constant operand is int16 with its own range") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %k : float32[2] = -2 1
%y = ADD(%x, %k) : float32[1,2]
output %y
)");
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", -4, 4}, {"y", -6, 5}}), With(Scheme::kInt16x8));
  CHECK(plan.operands.at({NodeOf(model, "y"), 1}).type == ElementType::kInt16);
  CHECK(ReadScale(model, plan, "y", 1) == 2.0f / 32767);
}

TEST_CASE("an op without an int16 form stays float or, without fallback, is an error") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %alpha : float32[2] = 0.1 0.2
%p = PRELU(%x, %alpha) : float32[1,2]
%y = RELU(%p) : float32[1,2]
output %y
)");
  const ir::Statistics statistics = Ranges(model, {{"x", -4, 4}, {"p", -1, 4}, {"y", 0, 4}});
  PlanOptions options = With(Scheme::kInt16x8);
  const GraphPlan plan = Planned(model, statistics, options);
  CHECK_THAT(DecisionOn(model, plan, "p").reason, Catch::Contains("no int16 form"));
  CHECK(ReadScale(model, plan, "y", 0) == 4.0f / 32767);
  options.allow_float_fallback = false;
  const absl::StatusOr<Plan> strict = MakePlan(model, statistics, options);
  REQUIRE(strict.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(strict.status().message()), Catch::Contains("\n  PRELU 'p': "));
}

TEST_CASE("a constant of zeros has a scale that LiteRT can compute with") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[2]
const %c : float32[2] = 0 0
%y = SUB(%c, %x) {fused_activation_function=0} : float32[2]
output %y
)");
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", -1, 1}, {"y", -1, 1}}), With(Scheme::kInt16x8));
  const ValuePlan& zeros = plan.operands.at({NodeOf(model, "y"), 0});
  CHECK(zeros.params.scale[0] > 0.0f);
  CHECK(zeros.encoding.factors == std::vector<double>{0.0});
}

}  // namespace
}  // namespace zeropoint::plan
