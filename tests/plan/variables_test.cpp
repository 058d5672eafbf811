// Variables have one form in all graphs that read and assign them.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "tests/plan/fixture.h"
#include "tests/support/model_of.h"

namespace zeropoint::plan {
namespace {

constexpr char kInit[] = R"(graph init
const %start : float32[1,2] = -1 2
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
ASSIGN_VARIABLE(%v, %start)
)";

// total = total + x
const std::vector<std::string> kTotal = {R"(graph main
input %x : float32[1,2]
CALL_ONCE() {init_subgraph_index=1}
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
%old = READ_VARIABLE(%v) : float32[1,2]
%new = ADD(%old, %x) {fused_activation_function=0} : float32[1,2]
ASSIGN_VARIABLE(%v, %new)
output %new
)",
                                         kInit};

// One graph writes, another reads; both set up the variable.
const std::vector<std::string> kShared = {R"(graph push
input %x : float32[1,2]
CALL_ONCE() {init_subgraph_index=2}
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
%new = RELU(%x) : float32[1,2]
ASSIGN_VARIABLE(%v, %new)
output %new
)",
                                          R"(graph peek
CALL_ONCE() {init_subgraph_index=2}
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
%old = READ_VARIABLE(%v) : float32[1,2]
%y = RELU(%old) : float32[1,2]
output %y
)",
                                          kInit};

ir::NodeId NodeWithOp(const ir::Graph& graph, absl::string_view op) {
  for (ir::NodeId id : graph.Order()) {
    if (graph.node(id).op() == op) return id;
  }
  FAIL("there is no " << op);
  return ir::kNoNode;
}

ir::ValueId ValueIn(const ir::Graph& graph, absl::string_view name) {
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
    if (graph.value(id).name == name) return id;
  }
  FAIL("no value is named " << name);
  return ir::kNoValue;
}

ir::Statistics TotalRanges(const ir::Model& model) {
  return Ranges(model, {{"x", -0.5f, 0.5f}, {"old", -1, 2}, {"new", -1.5f, 2.5f}});
}

Plan PlanOf(const ir::Model& model, const ir::Statistics& statistics, const PlanOptions& options) {
  absl::StatusOr<Plan> plan = MakePlan(model, statistics, options);
  INFO(plan.status().ToString());
  REQUIRE(plan.ok());
  return *std::move(plan);
}

// The form in which the graph's READ_VARIABLE delivers, or in which its ASSIGN_VARIABLE takes.
ValuePlan ReadForm(const ir::Model& model, const Plan& plan, int graph) {
  const ir::Graph& g = model.graphs[static_cast<size_t>(graph)];
  const auto& values = plan.graphs[static_cast<size_t>(graph)].values;
  auto form = values.find(g.node(NodeWithOp(g, "READ_VARIABLE")).output());
  return form == values.end() ? ValuePlan() : form->second;
}

ValuePlan AssignedForm(const ir::Model& model, const Plan& plan, int graph) {
  const ir::Graph& g = model.graphs[static_cast<size_t>(graph)];
  const auto& operands = plan.graphs[static_cast<size_t>(graph)].operands;
  auto form = operands.find({NodeWithOp(g, "ASSIGN_VARIABLE"), 1});
  return form == operands.end() ? ValuePlan() : form->second;
}

PlanOptions Int8Variables() {
  PlanOptions options = With(Scheme::kInt8);
  options.variable_quantization = true;
  return options;
}

}  // namespace

TEST_CASE("a variable stays float in int8 unless it is asked for, and the reason says how") {
  const ir::Model model = ModelOf(kTotal);
  const Plan plan = PlanOf(model, TotalRanges(model), With(Scheme::kInt8));
  CHECK(ReadForm(model, plan, 0).type == ElementType::kFloat32);
  CHECK(AssignedForm(model, plan, 1).type == ElementType::kFloat32);
  const NodeDecision& read = plan.graphs[0].nodes.at(NodeWithOp(model.graphs[0], "READ_VARIABLE"));
  CHECK_FALSE(read.quantized);
  CHECK(read.reason == "variable 'total' stays float; variable_quantization makes it int8");
  CHECK(DecisionOn(model, plan.graphs[0], "new").quantized);
}

TEST_CASE("an int8 variable has one form for its reads, its assignments and its first value") {
  const ir::Model model = ModelOf(kTotal);
  const Plan plan = PlanOf(model, TotalRanges(model), Int8Variables());
  const ValuePlan form = ReadForm(model, plan, 0);
  REQUIRE(form.type == ElementType::kInt8);
  // All that was read or assigned: -1.5 to 2.5.
  CHECK(form.params.scale[0] == Approx(4.0f / 255));
  CHECK(SameForm(form, AssignedForm(model, plan, 0)));
  CHECK(SameForm(form, AssignedForm(model, plan, 1)));
  CHECK(SameForm(form, plan.graphs[0].operands.at({NodeOf(model, "new"), 0})));
  for (int g : {0, 1}) {
    const ir::Graph& graph = model.graphs[static_cast<size_t>(g)];
    CHECK(plan.graphs[static_cast<size_t>(g)].nodes.at(NodeWithOp(graph, "ASSIGN_VARIABLE")).quantized);
  }
}

TEST_CASE("a variable is int16 in 16x8, and what is assigned to it needs no requantization") {
  const ir::Model model = ModelOf(kTotal);
  const Plan plan = PlanOf(model, TotalRanges(model), With(Scheme::kInt16x8));
  const ValuePlan form = ReadForm(model, plan, 0);
  REQUIRE(form.type == ElementType::kInt16);
  CHECK(form.params.scale[0] == Approx(2.5f / 32767));
  CHECK(form.params.zero_point[0] == 0);
  CHECK(SameForm(form, AssignedForm(model, plan, 0)));
  CHECK(SameForm(form, AssignedForm(model, plan, 1)));
  CHECK(SameForm(form, plan.graphs[0].values.at(ValueIn(model.graphs[0], "new"))));
}

TEST_CASE("a variable that one graph assigns and another reads holds what both need") {
  const ir::Model model = ModelOf(kShared);
  ir::Statistics statistics;
  statistics.ranges[{0, ValueIn(model.graphs[0], "x")}] = {-4, 4};
  statistics.ranges[{0, ValueIn(model.graphs[0], "new")}] = {0, 4};
  statistics.ranges[{1, ValueIn(model.graphs[1], "old")}] = {0, 3};
  statistics.ranges[{1, ValueIn(model.graphs[1], "y")}] = {0, 3};
  for (const PlanOptions& options : {Int8Variables(), With(Scheme::kInt16x8)}) {
    const Plan plan = PlanOf(model, statistics, options);
    const ValuePlan form = ReadForm(model, plan, 1);
    REQUIRE(form.type != ElementType::kFloat32);
    const bool int8 = form.type == ElementType::kInt8;
    // The first value, -1, has to fit as well.
    CHECK(form.params.scale[0] == Approx(int8 ? 5.0f / 255 : 4.0f / 32767));
    CHECK(SameForm(form, AssignedForm(model, plan, 0)));
    CHECK(SameForm(form, AssignedForm(model, plan, 2)));
  }
}

TEST_CASE("a graph that no sample ran takes the variable's form from the others") {
  const ir::Model model = ModelOf(kShared);
  ir::Statistics statistics;
  statistics.ranges[{0, ValueIn(model.graphs[0], "x")}] = {-4, 4};
  statistics.ranges[{0, ValueIn(model.graphs[0], "new")}] = {0, 4};
  const Plan plan = PlanOf(model, statistics, Int8Variables());
  CHECK(ReadForm(model, plan, 1).type == ElementType::kInt8);
  CHECK(SameForm(ReadForm(model, plan, 1), AssignedForm(model, plan, 0)));
  // Who reads it does so in float.
  CHECK_FALSE(plan.graphs[1].nodes.at(model.graphs[1].producer(ValueIn(model.graphs[1], "y"))).quantized);
}

TEST_CASE("a reader of a part does not decide on parameters that the rest does not fit into") {
  // What is read of the variable is joined with something small, and the join's parameters flow back to the read.
  const ir::Model model = ModelOf({R"(graph main
input %x : float32[1,2]
const %axis : int32[2] = 0 0
const %size : int32[2] = 1 1
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
%old = READ_VARIABLE(%v) : float32[1,2]
%part = SLICE(%old, %axis, %size) : float32[1,1]
%y = CONCATENATION(%part, %x) {axis=1, fused_activation_function=0} : float32[1,3]
%new = MUL(%x, %x) {fused_activation_function=0} : float32[1,2]
ASSIGN_VARIABLE(%v, %new)
output %y
)"});
  const ir::Statistics statistics =
      Ranges(model, {{"x", -10, 10}, {"old", 0, 100}, {"part", 0, 1}, {"y", -10, 10}, {"new", 0, 100}});
  const Plan plan = PlanOf(model, statistics, Int8Variables());
  CHECK(ReadForm(model, plan, 0).params.scale[0] == Approx(100.0f / 255));
  CHECK(SameForm(ReadForm(model, plan, 0), AssignedForm(model, plan, 0)));
}

TEST_CASE("a variable stays float where its reads and assignments are not asked for the same") {
  const ir::Model model = ModelOf(kTotal);
  PlanOptions options = Int8Variables();
  NodeChoice choice;
  choice.scheme = Scheme::kFloat;
  options.choices[{0, NodeWithOp(model.graphs[0], "READ_VARIABLE")}] = choice;
  const Plan plan = PlanOf(model, TotalRanges(model), options);
  CHECK(AssignedForm(model, plan, 0).type == ElementType::kFloat32);
  CHECK(AssignedForm(model, plan, 1).type == ElementType::kFloat32);
}

TEST_CASE("no variable changes its type when it is not known which one some op uses") {
  std::vector<std::string> graphs = kTotal;
  graphs.push_back(R"(graph body
input %h : resource[]
%old = READ_VARIABLE(%h) : float32[1,2]
output %old
)");
  const ir::Model model = ModelOf(graphs);
  const Plan plan = PlanOf(model, TotalRanges(model), Int8Variables());
  CHECK(ReadForm(model, plan, 0).type == ElementType::kFloat32);
}

TEST_CASE("a variable without a range stays float, which a strict mode refuses by its name") {
  const ir::Model model = ModelOf({R"(graph main
input %x : float32[1,2]
%v = VAR_HANDLE() {container="", shared_name="total"} : resource[]
%old = READ_VARIABLE(%v) : float32[1,2]
output %old
)"});
  PlanOptions options = Int8Variables();
  options.allow_float_fallback = false;
  const auto plan = MakePlan(model, ir::Statistics(), options);
  REQUIRE_FALSE(plan.ok());
  CHECK(std::string(plan.status().message()).find("variable 'total' stays float: no range") != std::string::npos);
}

}  // namespace zeropoint::plan
