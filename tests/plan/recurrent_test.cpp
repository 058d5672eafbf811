// Static int8 and dynamic range of ops that keep a state. The numbers are those of files that TensorFlow 2.21 wrote,
// unless a test says otherwise.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "ops/op_def.h"
#include "tests/plan/fixture.h"

namespace zeropoint::plan {
namespace {

constexpr char kSvdf[] = R"(graph main
input %x : float32[1,2]
const %features : float32[2,2] = 0.5 -0.25 0.125 0.0625
const %time : float32[2,3] = 0.5 0.25 -0.5 0.125 0.375 0.25
const %bias : float32[2] = 1 -2
variable %state : float32[1,6]
%y = SVDF(%x, %features, %time, %bias, %state) {rank=1, fused_activation_function=1} : float32[1,2]
output %y
)";

ir::Statistics SvdfRanges(const ir::Model& model) {
  return Ranges(model, {{"x", -1, 1}, {"state", -2, 1.5f}, {"y", 0, 4}});
}

// Operands of an LSTM of 2 cells over 2 features. `without`: operands to leave out.
struct LstmModel {
  explicit LstmModel(std::vector<int> without = {}) {
    ir::Graph graph;
    const auto absent = [&](int i) { return std::find(without.begin(), without.end(), i) != without.end(); };
    const ir::ValueId x = graph.AddValue({"x", ElementType::kFloat32, {1, 3, 2}});
    graph.inputs = {x};
    std::vector<ir::ValueId> operands = {x};
    for (int i = 1; i < 24; ++i) {
      const bool matrix = i <= 8 || i == 16;
      const bool state = i == 18 || i == 19;
      const std::string name = "x" + std::to_string(i);
      // The largest element of operand i is i / 8.
      const float top = static_cast<float>(i) / 8;
      if (absent(i)) {
        operands.push_back(ir::kNoValue);
      } else if (state) {
        ir::Value value{name, ElementType::kFloat32, {1, 2}};
        value.is_variable = true;
        operands.push_back(graph.AddValue(std::move(value)));
      } else if (matrix) {
        operands.push_back(graph.AddConstant(name, {2, 2}, absl::MakeConstSpan({top, -top / 2, top / 4, 0.0f})));
      } else {
        operands.push_back(graph.AddConstant(name, {2}, absl::MakeConstSpan({top, -top / 2})));
      }
    }
    const ir::ValueId y = graph.AddValue({"y", ElementType::kFloat32, {1, 3, 2}});
    graph.outputs = {y};
    ir::NodeInfo info;
    info.op = "UNIDIRECTIONAL_SEQUENCE_LSTM";
    info.name = "lstm";
    constexpr int64_t kTanh = 4;
    info.attrs.Set("fused_activation_function", kTanh);
    graph.AddNode(std::move(info), operands, {y});
    model.graphs.push_back(std::move(graph));
  }

  ir::Node& node() { return model.graphs[0].node(NodeOf(model, "y")); }
  ir::Statistics Calibrated() {
    AddIntermediates(model, With(Scheme::kInt8));
    ir::Statistics statistics =
        Ranges(model, {{"x", -1, 1}, {"x18", -0.5f, 0.9f}, {"x19", -1.5f, 1.25f}, {"y", -0.6f, 0.75f}});
    float top = 1.0f;
    for (ir::ValueId id : node().info.intermediates) statistics.ranges[{0, id}] = {-top, top / 2}, top += 1.0f;
    return statistics;
  }
  GraphPlan Int8() { return Planned(model, Calibrated(), With(Scheme::kInt8)); }
  const ValuePlan& Operand(const GraphPlan& plan, int i) { return plan.operands.at({NodeOf(model, "y"), i}); }

  ir::Model model;
};

TEST_CASE("SVDF remembers in int16, weighs time in 10 bits, and its bias has the scale of both") {
  const ir::Model model = ParsedModel(kSvdf);
  const GraphPlan plan = Planned(model, SvdfRanges(model), With(Scheme::kInt8));
  REQUIRE(DecisionOn(model, plan, "y").quantized);
  const ir::NodeId node = NodeOf(model, "y");
  const ValuePlan& time = plan.operands.at({node, 2});
  CHECK(time.type == ElementType::kInt16);
  CHECK(time.params.scale == std::vector<float>{0.5f / 512});
  CHECK(time.encoding.high == 512);
  const ValuePlan& state = plan.values.at(ValueNamed(model, "state"));
  CHECK(state.type == ElementType::kInt16);
  CHECK(state.params.scale == std::vector<float>{2.0f / 32767});
  const ValuePlan& bias = plan.operands.at({node, 3});
  CHECK(bias.type == ElementType::kInt32);
  CHECK(bias.params.scale[0] == Approx(0.5 / 512 * 2 / 32767));
  CHECK(plan.operands.at({node, 1}).params.scale[0] == Approx(0.5 / 127));
}

TEST_CASE("SVDF stays float with an activation that LiteRT's integer kernel does not have") {
  std::string text = kSvdf;
  text.replace(text.find("function=1"), 10, "function=0");
  const ir::Model model = ParsedModel(text);
  const GraphPlan plan = Planned(model, SvdfRanges(model), With(Scheme::kInt8));
  CHECK_FALSE(DecisionOn(model, plan, "y").quantized);
  CHECK(DecisionOn(model, plan, "y").reason.find("RELU") != std::string::npos);
  CHECK(plan.values.count(ValueNamed(model, "state")) == 0);
}

TEST_CASE("A state that is no variable, or is not calibrated, keeps its op float") {
  std::string text = kSvdf;
  text.replace(text.find("variable %state"), 15, "input %state");
  ir::Model model = ParsedModel(text);
  GraphPlan plan = Planned(model, SvdfRanges(model), With(Scheme::kInt8));
  CHECK(DecisionOn(model, plan, "y").reason.find("no variable") != std::string::npos);
  model = ParsedModel(kSvdf);
  plan = Planned(model, Ranges(model, {{"x", -1, 1}, {"y", 0, 4}}), With(Scheme::kInt8));
  CHECK(DecisionOn(model, plan, "y").reason.find("no range was calibrated for 'state'") != std::string::npos);
}

TEST_CASE("An int8 LSTM shares the result's range with its output state") {
  LstmModel lstm;
  const GraphPlan plan = lstm.Int8();
  REQUIRE(DecisionOn(lstm.model, plan, "y").reason.empty());
  const ValuePlan& result = plan.values.at(ValueNamed(lstm.model, "y"));
  CHECK(result.params.scale[0] == Approx((0.9 + 0.6) / 255));  // the union of [-0.6, 0.75] and [-0.5, 0.9]
  CHECK(SameForm(result, plan.values.at(ValueNamed(lstm.model, "x18"))));
}

TEST_CASE("An LSTM's cell state is int16 in steps of a power of two, never finer than 1 in 32768") {
  LstmModel lstm;
  ir::Statistics statistics = lstm.Calibrated();
  const ir::ValueId cell = ValueNamed(lstm.model, "x19");
  for (const auto& [top, bound] : {std::pair{1.5f, 2.0f}, {2.0f, 2.0f}, {2.01f, 4.0f}, {1.0f, 1.0f}, {0.3f, 1.0f}}) {
    INFO(top);
    statistics.ranges[{0, cell}] = {-top, 0.1f};
    const GraphPlan plan = Planned(lstm.model, statistics, With(Scheme::kInt8));
    CHECK(plan.values.at(cell).type == ElementType::kInt16);
    CHECK(plan.values.at(cell).params.scale == std::vector<float>{bound / 32768});
  }
}

TEST_CASE("With layer normalization, an LSTM's biases are in units of its coefficients") {
  LstmModel lstm;
  const GraphPlan plan = lstm.Int8();
  for (int gate = 0; gate < 4; ++gate) {
    CHECK(lstm.Operand(plan, 20 + gate).type == ElementType::kInt16);
    CHECK(lstm.Operand(plan, 12 + gate).type == ElementType::kInt32);
    CHECK(lstm.Operand(plan, 12 + gate).params.scale[0] == lstm.Operand(plan, 20 + gate).params.scale[0] / 1024);
    const ValuePlan& sums = plan.values.at(lstm.node().info.intermediates[static_cast<size_t>(gate)]);
    CHECK(sums.type == ElementType::kInt16);
    CHECK(sums.params.scale[0] == static_cast<float>(gate + 1) / 32767);
  }
}

TEST_CASE("Without it, they are in units of input times weights, and the gates' sums stay float") {
  LstmModel lstm({20, 21, 22, 23});
  const GraphPlan plan = lstm.Int8();
  const float input = lstm.Operand(plan, 0).params.scale[0];
  for (int gate = 0; gate < 4; ++gate) {
    const double wanted =
        static_cast<double>(input) * static_cast<double>(lstm.Operand(plan, 1 + gate).params.scale[0]);
    CHECK(lstm.Operand(plan, 12 + gate).params.scale[0] == static_cast<float>(wanted));
    CHECK(plan.values.count(lstm.node().info.intermediates[static_cast<size_t>(gate)]) == 0);
  }
}

TEST_CASE("An LSTM's projection reads the hidden values with the parameters of the last intermediate") {
  LstmModel lstm;
  const GraphPlan plan = lstm.Int8();
  const ValuePlan& hidden = plan.values.at(lstm.node().info.intermediates[4]);
  CHECK(hidden.type == ElementType::kInt8);
  const double wanted =
      static_cast<double>(hidden.params.scale[0]) * static_cast<double>(lstm.Operand(plan, 16).params.scale[0]);
  CHECK(lstm.Operand(plan, 17).params.scale[0] == static_cast<float>(wanted));
}

TEST_CASE("Without a projection, an LSTM's hidden values are its result, and so is their form") {
  LstmModel lstm({16, 17});
  const GraphPlan plan = lstm.Int8();
  const ValuePlan& hidden = plan.values.at(lstm.node().info.intermediates[4]);
  CHECK(SameForm(hidden, plan.values.at(ValueNamed(lstm.model, "y"))));
}

TEST_CASE("Peepholes of an int8 LSTM are int16, matrices int8 with one scale") {
  LstmModel lstm;
  const GraphPlan plan = lstm.Int8();
  for (int i = 9; i <= 11; ++i) {
    CHECK(lstm.Operand(plan, i).type == ElementType::kInt16);
    CHECK(lstm.Operand(plan, i).params.scale == std::vector<float>{static_cast<float>(i) / 8 / 32767});
  }
  for (int i : {1, 2, 3, 4, 5, 6, 7, 8, 16}) {
    CHECK(lstm.Operand(plan, i).type == ElementType::kInt8);
    CHECK(lstm.Operand(plan, i).params.scale.size() == 1);
  }
}

TEST_CASE("LSTM variants that LiteRT's integer kernel does not compute stay float and say why") {
  LstmModel coupled({1, 5, 9, 12, 20});
  CHECK(DecisionOn(coupled.model, coupled.Int8(), "y").reason.find("couple") != std::string::npos);
  LstmModel coupled_without_norm({1, 5, 9, 12, 20, 21, 22, 23});
  CHECK(DecisionOn(coupled_without_norm.model, coupled_without_norm.Int8(), "y").quantized);
  LstmModel relu;
  relu.node().info.attrs.Set("fused_activation_function", int64_t{1});
  CHECK(DecisionOn(relu.model, relu.Int8(), "y").reason.find("TANH") != std::string::npos);
  LstmModel diagonal;
  diagonal.node().info.attrs.Set("diagonal_recurrent_tensors", true);
  CHECK(DecisionOn(diagonal.model, diagonal.Int8(), "y").reason.find("diagonal") != std::string::npos);
}

TEST_CASE("An LSTM is not int8 unless calibration looked inside it") {
  LstmModel lstm;
  const ir::Statistics statistics = Ranges(lstm.model, {{"x", -1, 1}, {"x18", -1, 1}, {"x19", -1, 1}, {"y", -1, 1}});
  const GraphPlan plan = Planned(lstm.model, statistics, With(Scheme::kInt8));
  CHECK(DecisionOn(lstm.model, plan, "y").reason.find("look inside") != std::string::npos);
}

TEST_CASE("Intermediates are added once, and have names of their own") {
  LstmModel lstm;
  AddIntermediates(lstm.model, With(Scheme::kInt8));
  const std::vector<ir::ValueId> added = lstm.node().info.intermediates;
  REQUIRE(added.size() == 5);
  CHECK(lstm.model.graphs[0].value(added[4]).name == "effective_hidden_scale_intermediate");
  AddIntermediates(lstm.model, With(Scheme::kInt8));
  CHECK(lstm.node().info.intermediates == added);

  LstmModel other;  // a node that a recipe leaves float needs none
  PlanOptions options = With(Scheme::kInt8);
  options.choices[{0, NodeOf(other.model, "y")}] = NodeChoice();
  AddIntermediates(other.model, options);
  CHECK(other.node().info.intermediates.empty());
}

TEST_CASE("In 16x8 recurrent ops stay float, with the runtime's gap as the reason") {
  LstmModel lstm;
  const GraphPlan plan = Planned(lstm.model, lstm.Calibrated(), With(Scheme::kInt16x8));
  CHECK(DecisionOn(lstm.model, plan, "y").reason.find("int8 activations only") != std::string::npos);
  const ir::Model svdf = ParsedModel(kSvdf);
  CHECK_FALSE(DecisionOn(svdf, Planned(svdf, SvdfRanges(svdf), With(Scheme::kInt16x8)), "y").quantized);
}

// All constants listed for dynamic range get `elements` elements but operand 5, which gets `of_fifth`.
GraphPlan DynamicLstm(const std::string& op, int64_t elements, int64_t of_fifth) {
  LstmModel lstm;
  lstm.node().info.op = op;
  for (int i = 1; i <= 16; ++i) {
    ir::Value& weight = lstm.model.graphs[0].value(lstm.node().input(i));
    const int64_t n = i == 5 ? of_fifth : elements;
    weight.shape = ir::Shape{n};
    weight.data = Bytes::Of(absl::MakeConstSpan(std::vector<float>(static_cast<size_t>(n), 0.25f)));
  }
  return Planned(lstm.model, {}, With(Scheme::kDynamicRange));
}

TEST_CASE("Dynamic range takes the weights of a recurrent op all or not at all: LiteRT runs no mixture") {
  constexpr size_t kListed = 12;  // 1 ... 11 and 16
  for (const char* op : {"UNIDIRECTIONAL_SEQUENCE_LSTM", "LSTM"}) {
    CHECK(DynamicLstm(op, 1024, 1024).operands.size() == kListed);
    CHECK(DynamicLstm(op, 1024, 1023).operands.empty());
  }
  for (const char* op : {"BIDIRECTIONAL_SEQUENCE_LSTM", "RNN", "UNIDIRECTIONAL_SEQUENCE_RNN", "SVDF"}) {
    INFO(op);
    CHECK(ops::FindOp(op)->quant.dynamic_range_all_or_none);
  }
}

}  // namespace
}  // namespace zeropoint::plan
