// The modes that store weights in fewer bits and leave activations float: dynamic range and float16.
#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "base/status.h"
#include "tests/plan/fixture.h"

namespace zeropoint::plan {
namespace {

// A dense layer with `outputs` x 32 weights.
ir::Model Dense(int64_t outputs) {
  ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,32]
const %w : float32[1,1] = 1
const %b : float32[1] = 1
%y = FULLY_CONNECTED(%x, %w, %b) : float32[1,1]
output %y
)");
  ir::Value& weights = model.graphs[0].value(ValueNamed(model, "w"));
  const std::vector<float> elements(static_cast<size_t>(outputs) * 32, 0.5f);
  weights.shape = ir::Shape({outputs, 32});
  weights.data = Bytes::Of(absl::MakeConstSpan(elements));
  return model;
}

TEST_CASE("dynamic range stores weights of at least 1024 elements as int8 per channel") {
  const ir::Model model = Dense(32);
  const GraphPlan plan = Planned(model, {}, With(Scheme::kDynamicRange));
  const ValuePlan& weights = plan.operands.at({NodeOf(model, "y"), 1});
  CHECK(weights.type == ElementType::kInt8);
  CHECK(weights.params.scale == std::vector<float>(32, static_cast<float>(1.0 / 254.0)));
  CHECK(plan.operands.size() == 1);
  CHECK(DecisionOn(model, plan, "y").attrs.size() == 1);
}

TEST_CASE("depthwise weights with one scale for all are widened before the op in dynamic range") {
  ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,4,4,1]
const %w : float32[1,1,1,1] = 1
%y = DEPTHWISE_CONV_2D(%x, %w) {depth_multiplier=128} : float32[1,2,2,1]
output %y
)");
  ir::Value& weights = model.graphs[0].value(ValueNamed(model, "w"));
  weights.shape = ir::Shape({1, 3, 3, 128});
  weights.data = Bytes::Of(absl::MakeConstSpan(std::vector<float>(9 * 128, 0.5f)));
  PlanOptions options = With(Scheme::kDynamicRange);
  CHECK(Planned(model, {}, options).operands.at({NodeOf(model, "y"), 1}).params.scale.size() == 128);
  options.per_channel = false;
  const GraphPlan plan = Planned(model, {}, options);
  CHECK(plan.operands.at({NodeOf(model, "y"), 1}).type == ElementType::kFloat32);
  CHECK(plan.values.at(ValueNamed(model, "w")).params.scale.size() == 1);
  CHECK_FALSE(DecisionOn(model, plan, "y").reason.empty());
}

TEST_CASE("smaller weights stay float in dynamic range, and their layer as it is") {
  const ir::Model model = Dense(31);
  const GraphPlan plan = Planned(model, {}, With(Scheme::kDynamicRange));
  CHECK(plan.operands.empty());
  CHECK_FALSE(DecisionOn(model, plan, "y").quantized);
  CHECK(DecisionOn(model, plan, "y").attrs.empty());
}

TEST_CASE("a lookup in an int8 table is dequantized after it when that is the smaller tensor") {
  ir::Model model = ParsedModel(R"(graph main
input %i : int32[2]
const %t : float32[1,1] = 1
%y = GATHER(%t, %i) {axis=0} : float32[2,32]
output %y
)");
  ir::Value& table = model.graphs[0].value(ValueNamed(model, "t"));
  const std::vector<float> elements(64 * 32, 0.5f);
  table.shape = ir::Shape({64, 32});
  table.data = Bytes::Of(absl::MakeConstSpan(elements));
  const GraphPlan plan = Planned(model, {}, With(Scheme::kDynamicRange));
  CHECK(StoredScale(model, plan, "y") == static_cast<float>(1.0 / 254.0));
  CHECK(plan.outputs.at(0).type == ElementType::kFloat32);
}

TEST_CASE("float16 leaves a number float that it would turn into zero") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[4]
const %tiny : float32[] = 1e-12
const %small : float32[] = 1e-7
%a = ADD(%x, %tiny) : float32[4]
%b = ADD(%a, %small) : float32[4]
output %b
)");
  const GraphPlan plan = Planned(model, {}, With(Scheme::kFloat16));
  CHECK(plan.values.count(ValueNamed(model, "tiny")) == 0);
  CHECK(DecisionOn(model, plan, "a").reason.find("would become 0") != std::string::npos);
  CHECK(plan.values.at(ValueNamed(model, "small")).type == ElementType::kFloat16);
}

TEST_CASE("float16 stores every float constant that a node reads") {
  const ir::Model model = Dense(1);
  const GraphPlan plan = Planned(model, {}, With(Scheme::kFloat16));
  CHECK(plan.values.at(ValueNamed(model, "w")).type == ElementType::kFloat16);
  CHECK(plan.values.at(ValueNamed(model, "b")).type == ElementType::kFloat16);
  CHECK(plan.operands.at({NodeOf(model, "y"), 1}).type == ElementType::kFloat32);
}

TEST_CASE("a constant that the graph delivers stays float32") {
  ir::Model model = Dense(1);
  model.graphs[0].outputs.push_back(ValueNamed(model, "b"));
  const GraphPlan plan = Planned(model, {}, With(Scheme::kFloat16));
  CHECK(plan.values.count(ValueNamed(model, "b")) == 0);
}

TEST_CASE("NaN cannot be stored in any of these modes") {
  ir::Model model = Dense(32);
  const std::vector<float> bad(32 * 32, std::numeric_limits<float>::quiet_NaN());
  model.graphs[0].value(ValueNamed(model, "w")).data = Bytes::Of(absl::MakeConstSpan(bad));
  for (Scheme scheme : {Scheme::kDynamicRange, Scheme::kFloat16}) {
    const absl::StatusOr<Plan> plan = MakePlan(model, {}, With(scheme));
    REQUIRE(plan.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(Annotation(plan.status(), Place::kTensor) == "w");
  }
}

TEST_CASE("modes with float activations leave weights that are int8 in the file") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %w : int8[1,2] scale=0.25 zero_point=0 = 1 2
%y = FULLY_CONNECTED(%x, %w, -) : float32[1,1]
output %y
)");
  for (Scheme scheme : {Scheme::kFloat, Scheme::kDynamicRange, Scheme::kFloat16}) {
    const GraphPlan plan = Planned(model, {}, With(scheme));
    CHECK(plan.operands.empty());
    CHECK(plan.values.empty());
  }
}

}  // namespace
}  // namespace zeropoint::plan
