#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "base/status.h"
#include "numeric/quantize.h"
#include "tests/plan/fixture.h"

namespace zeropoint::plan {
namespace {

float ScaleOf(float min, float max) { return numeric::ActivationInt8(min, max).scale; }

constexpr char kConvolution[] = R"(graph main
input %x : float32[1,1,1,1]
const %w : float32[2,1,1,1] = 127 -254
const %b : float32[2] = 1 2
%y = CONV_2D(%x, %w, %b) {padding=1, stride_w=1, stride_h=1} : float32[1,1,1,2]
output %y
)";

TEST_CASE("a convolution gets calibrated activations, per-channel weights and a bias of both scales") {
  const ir::Model model = ParsedModel(kConvolution);
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), With(Scheme::kInt8));
  CHECK(DecisionOn(model, plan, "y").quantized);
  const ir::NodeId node = NodeOf(model, "y");
  CHECK(plan.operands.at({node, 0}).params.scale == std::vector<float>{1.0f});
  CHECK(plan.operands.at({node, 0}).params.zero_point == std::vector<int64_t>{-128});
  CHECK(plan.operands.at({node, 0}).params.max == std::vector<float>{255.0f});
  CHECK(plan.operands.at({node, 1}).type == ElementType::kInt8);
  CHECK(plan.operands.at({node, 1}).params.scale == std::vector<float>{1.0f, 2.0f});
  CHECK(plan.operands.at({node, 2}).type == ElementType::kInt32);
  CHECK(plan.operands.at({node, 2}).params.scale == std::vector<float>{1.0f, 2.0f});
  CHECK(StoredScale(model, plan, "y") == 2.0f);
  // The input stays float in the file, the output is delivered as float.
  CHECK(plan.values.count(ValueNamed(model, "x")) == 0);
  CHECK(plan.outputs.at(0).type == ElementType::kFloat32);
}

TEST_CASE("weights are quantized per tensor when the options say so") {
  const ir::Model model = ParsedModel(kConvolution);
  PlanOptions options = With(Scheme::kInt8);
  options.per_channel = false;
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), options);
  CHECK(plan.operands.at({NodeOf(model, "y"), 1}).params.scale == std::vector<float>{2.0f});
  CHECK(plan.operands.at({NodeOf(model, "y"), 2}).params.scale == std::vector<float>{2.0f});
}

TEST_CASE("a bias too large for int32 raises the scales of bias and weight") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,1,1,1]
const %w : float32[2,1,1,1] = 0 127
const %b : float32[2] = 1000000 1
%y = CONV_2D(%x, %w, %b) {padding=1, stride_w=1, stride_h=1} : float32[1,1,1,2]
output %y
)");
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), With(Scheme::kInt8));
  const ir::NodeId node = NodeOf(model, "y");
  CHECK(plan.operands.at({node, 2}).params.scale[0] == 9.3132257e-04f);
  CHECK(plan.operands.at({node, 1}).params.scale[0] == 9.3132257e-04f);
  CHECK(plan.operands.at({node, 1}).params.scale[1] == 1.0f);
}

TEST_CASE("weights that are int8 in the file stay as they are") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,1,1,1]
const %w : int8[2,1,1,1] scale=4 zero_point=0 = 1 -2
const %b : float32[2] = 1 2
%y = CONV_2D(%x, %w, %b) {padding=1, stride_w=1, stride_h=1} : float32[1,1,1,2]
output %y
)");
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), With(Scheme::kInt8));
  CHECK(DecisionOn(model, plan, "y").quantized);
  CHECK(plan.operands.count({NodeOf(model, "y"), 1}) == 0);
  CHECK(plan.operands.at({NodeOf(model, "y"), 2}).params.scale == std::vector<float>{4.0f});
  const GraphPlan wide = Planned(model, Ranges(model, {{"x", -32767, 1}, {"y", 0, 510}}), With(Scheme::kInt16x8));
  CHECK(DecisionOn(model, wide, "y").quantized);
  CHECK(wide.operands.count({NodeOf(model, "y"), 1}) == 0);
  CHECK(wide.operands.at({NodeOf(model, "y"), 2}).params.scale == std::vector<float>{4.0f});
}

TEST_CASE("weights that are asymmetric in the file keep their op float") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,1,1,1]
const %w : int8[2,1,1,1] scale=4 zero_point=3 = 1 -2
const %b : float32[2] = 1 2
%y = CONV_2D(%x, %w, %b) {padding=1, stride_w=1, stride_h=1} : float32[1,1,1,2]
output %y
)");
  for (Scheme scheme : {Scheme::kInt8, Scheme::kInt16x8}) {
    const GraphPlan plan = Planned(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), With(scheme));
    CHECK_THAT(DecisionOn(model, plan, "y").reason, Catch::Contains("'w' are int8 already"));
  }
}

TEST_CASE("NaN in a weight is an error that names the tensor") {
  ir::Model model = ParsedModel(kConvolution);
  const float bad[] = {1.0f, std::numeric_limits<float>::quiet_NaN()};
  model.graphs[0].value(ValueNamed(model, "w")).data = Bytes::Of(absl::MakeConstSpan(bad));
  const absl::StatusOr<Plan> plan = MakePlan(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), With(Scheme::kInt8));
  REQUIRE(plan.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(Annotation(plan.status(), Place::kTensor) == "w");
  CHECK_THAT(std::string(plan.status().message()), Catch::Contains("NaN"));
}

TEST_CASE("parameters flow forward through an op with one operand and one scale") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,4,4,1]
const %shape : int32[2] = 1 4
%p = MAX_POOL_2D(%x) {padding=1, stride_w=2, stride_h=2, filter_width=2, filter_height=2} : float32[1,2,2,1]
%r = RESHAPE(%p, %shape) : float32[1,4]
output %r
)");
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -1, 1}, {"p", -0.5, 0.5}, {"r", -0.5, 0.5}}), With(Scheme::kInt8));
  CHECK(ReadScale(model, plan, "p", 0) == ScaleOf(-1, 1));
  CHECK(StoredScale(model, plan, "p") == ScaleOf(-1, 1));
  CHECK(StoredScale(model, plan, "r") == ScaleOf(-1, 1));
}

TEST_CASE("a concatenation imposes its result's parameters on its operands, graph inputs included") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
input %z : float32[1,2]
%a = RELU(%x) : float32[1,2]
%c = CONCATENATION(%a, %z) {axis=1} : float32[1,4]
output %c
)");
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -3, 3}, {"z", -1, 1}, {"a", 0, 3}, {"c", -1, 3}}), With(Scheme::kInt8));
  CHECK(ReadScale(model, plan, "a", 0) == ScaleOf(-3, 3));
  CHECK(StoredScale(model, plan, "a") == ScaleOf(-1, 3));
  CHECK(ReadScale(model, plan, "c", 1) == ScaleOf(-1, 3));
  CHECK(StoredScale(model, plan, "c") == ScaleOf(-1, 3));
}

TEST_CASE("of two concatenations the later decides and the earlier reads a requantized copy") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
%a = RELU(%x) : float32[1,2]
%u = EXP(%x) : float32[1,2]
%c = CONCATENATION(%a, %u) {axis=1} : float32[1,4]
%v = LOG(%u) : float32[1,2]
%d = CONCATENATION(%a, %v) {axis=1} : float32[1,4]
output %c
output %d
)");
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -1, 1}, {"a", 0, 1}, {"u", 0, 3}, {"c", 0, 3}, {"v", -1, 1}, {"d", -1, 1}}),
              With(Scheme::kInt8));
  CHECK(StoredScale(model, plan, "a") == ScaleOf(-1, 1));
  CHECK(ReadScale(model, plan, "c", 0) == ScaleOf(0, 3));
  CHECK(ReadScale(model, plan, "d", 0) == ScaleOf(-1, 1));
}

TEST_CASE("a producer with fixed parameters keeps them and everyone reads it requantized") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
%s = LOGISTIC(%x) : float32[1,2]
%a = RELU(%x) : float32[1,2]
%c = CONCATENATION(%s, %a) {axis=1} : float32[1,4]
%m = MUL(%s, %a) : float32[1,2]
output %c
output %m
)");
  const GraphPlan plan = Planned(
      model, Ranges(model, {{"x", -4, 4}, {"s", 0, 0.9f}, {"a", 0, 4}, {"c", 0, 4}, {"m", 0, 3}}), With(Scheme::kInt8));
  CHECK(StoredScale(model, plan, "s") == 1.0f / 256);
  CHECK(ReadScale(model, plan, "c", 0) == ScaleOf(0, 4));
  CHECK(ReadScale(model, plan, "m", 0) == ScaleOf(0, 4));
}

TEST_CASE(
    "an op that moves elements reads what its result is stored with, whatever its operand's other readers asked for") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %shape : int32[1] = 2
%s = LOGISTIC(%x) : float32[1,2]
%a = RELU(%x) : float32[1,2]
%p = RESHAPE(%s, %shape) : float32[2]
%q = RESHAPE(%s, %shape) : float32[2]
%r = RESHAPE(%a, %shape) : float32[2]
%c = CONCATENATION(%q, %r) {axis=0} : float32[4]
output %p
output %c
)");
  const GraphPlan plan = Planned(
      model,
      Ranges(model,
             {{"x", -4, 4}, {"s", 0, 0.9f}, {"a", 0, 4}, {"p", 0, 0.9f}, {"q", 0, 0.9f}, {"r", 0, 4}, {"c", 0, 4}}),
      With(Scheme::kInt8));
  CHECK(StoredScale(model, plan, "s") == 1.0f / 256);
  for (const char* moved : {"p", "q", "r"}) CHECK(ReadScale(model, plan, moved, 0) == StoredScale(model, plan, moved));
}

TEST_CASE("a constant operand of a same-scale op takes the op's parameters, another its own range") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %k : float32[1] = -0.5
%m = MAXIMUM(%x, %k) : float32[1,2]
%s = MUL(%m, %k) : float32[1,2]
output %s
)");
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -4, 4}, {"m", -0.5, 4}, {"s", -2, 0.25}}), With(Scheme::kInt8));
  CHECK(ReadScale(model, plan, "m", 0) == ScaleOf(-0.5, 4));
  CHECK(ReadScale(model, plan, "m", 1) == ScaleOf(-0.5, 4));
  CHECK(ReadScale(model, plan, "s", 1) == 0.5f / 255.0f);
}

constexpr char kIsland[] = R"(graph main
input %x : float32[1,2]
%a = RELU(%x) : float32[1,2]
%f = COS(%a) : float32[1,2]
%b = EXP(%f) : float32[1,2]
output %b
)";

TEST_CASE("an op without an int8 form stays float between its neighbours and says why") {
  const ir::Model model = ParsedModel(kIsland);
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -4, 4}, {"a", 0, 4}, {"f", -1, 1}, {"b", 0, 3}}), With(Scheme::kInt8));
  CHECK_FALSE(DecisionOn(model, plan, "f").quantized);
  CHECK_THAT(DecisionOn(model, plan, "f").reason, Catch::Contains("no int8 form"));
  CHECK(plan.operands.at({NodeOf(model, "f"), 0}).type == ElementType::kFloat32);
  CHECK(plan.values.count(ValueNamed(model, "f")) == 0);
  CHECK(ReadScale(model, plan, "b", 0) == ScaleOf(-1, 1));
}

TEST_CASE("without float fallback the error lists every op that cannot be integer") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
%f = COS(%x) : float32[1,2]
%g = SIN(%f) : float32[1,2]
output %g
)");
  PlanOptions options = With(Scheme::kInt8);
  options.allow_float_fallback = false;
  const absl::StatusOr<Plan> plan = MakePlan(model, Ranges(model, {{"x", -4, 4}, {"f", -1, 1}, {"g", -1, 1}}), options);
  REQUIRE(plan.status().code() == absl::StatusCode::kFailedPrecondition);
  const std::string message(plan.status().message());
  CHECK_THAT(message, Catch::StartsWith("2 ops cannot be int8:"));
  CHECK_THAT(message, Catch::Contains("\n  COS 'f': "));
  CHECK_THAT(message, Catch::Contains("\n  SIN 'g': "));
}

TEST_CASE("nodes on integers are no obstacle to an integer model") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
const %one : int32[1] = 1
%s = SHAPE(%x) {out_type=2} : int32[2]
%t = MUL(%s, %one) : int32[2]
%r = RESHAPE(%x, %t) : float32[1,2]
output %r
)");
  PlanOptions options = With(Scheme::kInt8);
  options.allow_float_fallback = false;
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", -4, 4}, {"r", -4, 4}}), options);
  CHECK_FALSE(DecisionOn(model, plan, "t").quantized);
  CHECK(DecisionOn(model, plan, "t").reason.empty());
}

TEST_CASE("nodes that call other graphs take and give floats, and are no obstacle to an integer model") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
input %c : bool[]
%a = RELU(%x) : float32[1,2]
%i = IF(%c, %a) {then_subgraph_index=1, else_subgraph_index=1} : float32[1,2]
%r = RELU(%i) : float32[1,2]
output %r
)");
  PlanOptions options = With(Scheme::kInt8);
  options.allow_float_fallback = false;
  const ir::Statistics ranges = Ranges(model, {{"x", -4, 4}, {"a", 0, 4}, {"i", -1, 1}, {"r", 0, 1}});
  const GraphPlan plan = Planned(model, ranges, options);
  CHECK(DecisionOn(model, plan, "i").reason.empty());
  CHECK_FALSE(DecisionOn(model, plan, "i").quantized);
  CHECK(plan.values.count(ValueNamed(model, "i")) == 0);
  CHECK(ReadScale(model, plan, "r", 0) == ScaleOf(-1, 1));
}

TEST_CASE("a concatenation with an operand from a float op stays float") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
%f = COS(%x) : float32[1,2]
%a = RELU(%x) : float32[1,2]
%c = CONCATENATION(%f, %a) {axis=1} : float32[1,4]
output %c
)");
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -4, 4}, {"f", -1, 1}, {"a", 0, 4}, {"c", -1, 4}}), With(Scheme::kInt8));
  CHECK_THAT(DecisionOn(model, plan, "c").reason, Catch::Contains("'f' comes from an op that stays float"));
  CHECK(DecisionOn(model, plan, "a").quantized);
}

TEST_CASE("an op that stays float may still impose one scale on its neighbours") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,2]
%a = RELU(%x) : float32[1,2]
%b = EXP(%x) : float32[1,2]
%s = ADD_N(%a, %b) : float32[1,2]
%y = RELU6(%s) : float32[1,2]
output %y
)");
  const GraphPlan plan = Planned(
      model, Ranges(model, {{"x", -4, 4}, {"a", 0, 4}, {"b", 0, 3}, {"s", 0, 5}, {"y", 0, 5}}), With(Scheme::kInt8));
  CHECK_FALSE(DecisionOn(model, plan, "s").quantized);
  CHECK(StoredScale(model, plan, "a") == ScaleOf(0, 5));
  CHECK(StoredScale(model, plan, "b") == ScaleOf(0, 5));
  CHECK(ReadScale(model, plan, "y", 0) == ScaleOf(0, 5));
}

TEST_CASE("an op that calibration never ran stays float for lack of a range") {
  const ir::Model model = ParsedModel(kIsland);
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", -4, 4}, {"a", 0, 4}}), With(Scheme::kInt8));
  CHECK(DecisionOn(model, plan, "a").quantized);
  CHECK_THAT(DecisionOn(model, plan, "b").reason, Catch::Contains("no range was calibrated for 'f'"));
}

TEST_CASE("int8 inputs and outputs are stored and delivered as they are") {
  const ir::Model model = ParsedModel(kIsland);
  PlanOptions options = With(Scheme::kInt8);
  options.input_type = options.output_type = ElementType::kInt8;
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", -4, 4}, {"a", 0, 4}, {"f", -1, 1}, {"b", 0, 3}}), options);
  CHECK(StoredScale(model, plan, "x") == ScaleOf(-4, 4));
  CHECK(plan.outputs.at(0).type == ElementType::kInt8);
  CHECK(plan.outputs.at(0).params.scale[0] == ScaleOf(0, 3));
}

TEST_CASE("uint8 inputs and outputs are int8 shifted by 128") {
  const ir::Model model = ParsedModel(kConvolution);
  PlanOptions options = With(Scheme::kInt8);
  options.input_type = options.output_type = ElementType::kUInt8;
  const GraphPlan plan = Planned(model, Ranges(model, {{"x", 0, 255}, {"y", 0, 510}}), options);
  const ValuePlan& input = plan.values.at(ValueNamed(model, "x"));
  CHECK(input.type == ElementType::kUInt8);
  CHECK(input.params.zero_point[0] == 0);
  CHECK(plan.operands.at({NodeOf(model, "y"), 0}).params.zero_point[0] == -128);
  CHECK(plan.outputs.at(0).type == ElementType::kUInt8);
  CHECK(plan.outputs.at(0).params.zero_point[0] == 0);
}

TEST_CASE("an input or output type that the mode does not have is refused") {
  const ir::Model model = ParsedModel(kConvolution);
  PlanOptions options = With(Scheme::kInt8);
  options.input_type = ElementType::kInt16;
  CHECK(MakePlan(model, {}, options).status().code() == absl::StatusCode::kInvalidArgument);
  options = With(Scheme::kFloat);
  options.output_type = ElementType::kInt8;
  CHECK(MakePlan(model, {}, options).status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("bodies of control-flow ops keep float inputs and outputs") {
  ir::Model model = ParsedModel(kConvolution);
  model.graphs.push_back(model.graphs[0]);
  PlanOptions options = With(Scheme::kInt8);
  options.input_type = options.output_type = ElementType::kInt8;
  ir::Statistics statistics = Ranges(model, {{"x", 0, 255}, {"y", 0, 510}});
  const std::map<std::pair<int, ir::ValueId>, ir::Range> first = statistics.ranges;
  for (const auto& [key, range] : first) statistics.ranges[{1, key.second}] = range;
  const absl::StatusOr<Plan> plan = MakePlan(model, statistics, options);
  REQUIRE(plan.ok());
  CHECK(plan->graphs[0].values.count(ValueNamed(model, "x")) == 1);
  CHECK(plan->graphs[1].values.count(ValueNamed(model, "x")) == 0);
  CHECK(plan->graphs[1].outputs.at(0).type == ElementType::kFloat32);
}

TEST_CASE("a range that LiteRT's arithmetic cannot hold leaves the op float") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[4]
input %mask : float32[4]
%y = ADD(%x, %mask) {fused_activation_function=0} : float32[4]
output %y
)");
  const float lowest = std::numeric_limits<float>::lowest();
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -1, 1}, {"mask", lowest, 0}, {"y", lowest, 1}}), With(Scheme::kInt8));
  CHECK_FALSE(DecisionOn(model, plan, "y").quantized);
  CHECK(DecisionOn(model, plan, "y").reason == "the range of 'mask', -3.40282e+38 to 0, is too wide for integers");
}

TEST_CASE("what selects the lowest float for masked elements does not take the parameters of the others") {
  const ir::Model model = ParsedModel(R"(graph main
input %c : bool[4]
input %x : float32[4]
const %lowest : float32[] = -2e38
%y = SELECT_V2(%c, %x, %lowest) : float32[4]
%z = SOFTMAX(%y) {beta=1.0} : float32[4]
output %z
)");
  const GraphPlan plan =
      Planned(model, Ranges(model, {{"x", -1, 1}, {"y", -2e38f, 1}, {"z", 0, 1}}), With(Scheme::kInt8));
  CHECK_FALSE(DecisionOn(model, plan, "y").quantized);
  CHECK_FALSE(DecisionOn(model, plan, "z").quantized);
}

// Scores and a mask that is 0 or -1e9, added before SOFTMAX.
constexpr char kMaskedAttention[] = R"(graph main
input %s : float32[1,4]
input %m : float32[1,4]
const %c : float32[1] = -1e9
%k = MUL(%m, %c) : float32[1,4]
%a = ADD(%s, %k) : float32[1,4]
%y = SOFTMAX(%a) {beta=1} : float32[1,4]
output %y
)";

ir::Statistics MaskedRanges(const ir::Model& model) {
  ir::Statistics statistics = Ranges(model, {{"s", -3, 5}, {"m", 0, 1}, {"k", -1e9f, 0}, {"a", -1e9f, 5}, {"y", 0, 1}});
  statistics.ranges[{0, ValueNamed(model, "k")}].unmasked_min = 0.0f;
  statistics.ranges[{0, ValueNamed(model, "a")}].unmasked_min = -3.0f;
  return statistics;
}

TEST_CASE("integers reach below the scores only as far as SOFTMAX tells masked ones from nothing") {
  const ir::Model model = ParsedModel(kMaskedAttention);
  const GraphPlan plan = Planned(model, MaskedRanges(model), With(Scheme::kInt8));
  const float least = static_cast<float>(-3.0 - std::log(2.0 * 256 * 4));
  CHECK(DecisionOn(model, plan, "y").quantized);
  CHECK(DecisionOn(model, plan, "a").quantized);
  CHECK(plan.values.at(ValueNamed(model, "a")).params.scale[0] == Approx(ScaleOf(least, 5)));
  // The mask need not take the largest score lower than that.
  CHECK(plan.operands.at({NodeOf(model, "a"), 1}).params.scale[0] == Approx(ScaleOf(least - 5, 0)));
  CHECK(plan.operands.at({NodeOf(model, "a"), 0}).params.scale[0] == ScaleOf(-3, 5));
  CHECK_THAT(DecisionOn(model, plan, "k").reason, Catch::Contains("in the place of minus infinity"));
}

TEST_CASE("a mask that something else than SOFTMAX sees counts in full") {
  std::string text = kMaskedAttention;
  text.insert(text.find("output"), "%z = ABS(%k) : float32[1,4]\noutput %z\n");
  const ir::Model model = ParsedModel(text.c_str());
  const GraphPlan plan = Planned(model, MaskedRanges(model), With(Scheme::kInt8));
  CHECK(DecisionOn(model, plan, "k").quantized);
  CHECK(StoredScale(model, plan, "k") == ScaleOf(-1e9f, 0));
}

TEST_CASE("a range that would cut off what others read is imposed on its own reader only") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,4]
const %one : float32[1] = 1
%r = RELU(%x) : float32[1,4]
%m = MINIMUM(%r, %one) : float32[1,4]
%a = ABS(%r) : float32[1,4]
output %m
output %a
)");
  const auto plan_with = [&](float greatest) {
    return Planned(model, Ranges(model, {{"x", -4, 4}, {"r", 0, greatest}, {"m", 0, 1}, {"a", 0, greatest}}),
                   With(Scheme::kInt8));
  };
  const GraphPlan cut = plan_with(4.0f), near = plan_with(1.1f);
  CHECK(StoredScale(model, cut, "r") == ScaleOf(0, 4));
  CHECK(cut.operands.at({NodeOf(model, "m"), 0}).params.scale[0] == ScaleOf(0, 1));
  CHECK(cut.operands.at({NodeOf(model, "a"), 0}).params.scale[0] == ScaleOf(0, 4));
  CHECK(StoredScale(model, near, "r") == ScaleOf(0, 1));
}

TEST_CASE("DIV is integer where neither divisors nor quotients come near nothing") {
  const ir::Model model = ParsedModel(R"(graph main
input %a : float32[1,4]
input %b : float32[1,4]
%y = DIV(%a, %b) : float32[1,4]
output %y
)");
  const auto reason = [&](ir::Range a, ir::Range b, ir::Range y) {
    const GraphPlan plan = Planned(
        model, Ranges(model, {{"a", a.min, a.max}, {"b", b.min, b.max}, {"y", y.min, y.max}}), With(Scheme::kInt8));
    return DecisionOn(model, plan, "y").reason;
  };
  CHECK(reason({3, 4}, {2, 4}, {0.75f, 2}).empty());
  CHECK_THAT(reason({3, 4}, {0.001f, 4}, {0.75f, 4000}), Catch::Contains("near 0"));
  CHECK_THAT(reason({3, 4}, {-2, 4}, {-9, 9}), Catch::Contains("near 0"));
  CHECK_THAT(reason({-4, 4}, {1, 8}, {-4, 4}), Catch::Contains("smaller than a step"));
}

TEST_CASE("a root of what may be negative stays float") {
  const ir::Model model = ParsedModel(R"(graph main
input %x : float32[1,4]
%y = RSQRT(%x) : float32[1,4]
output %y
)");
  const GraphPlan positive = Planned(model, Ranges(model, {{"x", 1, 4}, {"y", 0.5f, 1}}), With(Scheme::kInt8));
  const GraphPlan mixed = Planned(model, Ranges(model, {{"x", -1, 4}, {"y", 0.5f, 1}}), With(Scheme::kInt8));
  CHECK(DecisionOn(model, positive, "y").quantized);
  CHECK_THAT(DecisionOn(model, mixed, "y").reason, Catch::Contains("negative"));
}

}  // namespace
}  // namespace zeropoint::plan
