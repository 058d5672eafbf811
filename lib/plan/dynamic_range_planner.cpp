// Dynamic range: int8 weights, float activations (docs/numerics.md, "Dynamic range").
#include <utility>

#include "plan/forms.h"
#include "plan/planner.h"

namespace zeropoint::plan {
namespace {

// Smaller constants are not worth it: TensorFlow 2.21's minimum_elements_for_weights.
constexpr int64_t kFewestElements = 1024;

// The op can run on the integers themselves, and its result is the smaller thing to dequantize.
bool RunsOnIntegers(const ir::Graph& graph, const ir::Node& node, const ops::QuantSpec& spec, ir::ValueId weight) {
  if (!spec.same_scale || node.outputs().size() != 1) return false;
  const int64_t elements = graph.value(node.output()).shape.NumElements();
  return elements != ir::kDynamic && elements < graph.value(weight).shape.NumElements();
}

absl::Status PlanNode(const Task& task, ir::NodeId id, GraphPlan& plan) {
  const ir::Graph& graph = task.graph;
  const ir::Node& node = graph.node(id);
  const ops::QuantSpec& spec = SpecOf(node);
  NodeDecision& decision = plan.nodes.emplace(id, UndecidedFor(node)).first->second;
  for (const ops::DynamicRangeOperand& candidate : spec.dynamic_range) {
    const ir::ValueId weight = node.input(candidate.operand);
    if (!IsFloat(graph, weight) || !graph.value(weight).is_constant) continue;
    decision.attrs = spec.dynamic_range_attrs;
    if (graph.value(weight).shape.NumElements() < kFewestElements) continue;
    ZP_ASSIGN_OR_RETURN(std::vector<float> elements, WeightElements(graph, weight));
    const ops::OperandSpec role{ops::Role::kWeight, candidate.axis, -1, -1};
    ValuePlan form =
        DynamicRangeForm(elements, graph.value(weight).shape.dims(), WeightAxis(task, spec, role, weight));
    if (candidate.hybrid) {
      plan.operands[{id, candidate.operand}] = std::move(form);
      decision.quantized = true;
    } else if (RunsOnIntegers(graph, node, spec, weight)) {
      plan.values[node.output()] = form;
      plan.operands[{id, candidate.operand}] = std::move(form);
      decision.quantized = true;
    } else {
      plan.values[weight] = std::move(form);
    }
  }
  return absl::OkStatus();
}

// Whoever reads an integer value without being planned for it reads it as float32.
void DequantizeForOthers(const Task& task, GraphPlan& plan) {
  const ir::Graph& graph = task.graph;
  for (const auto& [value, form] : plan.values) {
    for (const ir::Use& use : graph.uses(value)) plan.operands.emplace(std::make_pair(use.node, use.operand), ValuePlan());
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      if (graph.outputs[i] == value) plan.outputs[static_cast<int>(i)] = ValuePlan();
    }
  }
}

}  // namespace

absl::StatusOr<GraphPlan> PlanDynamicRange(const Task& task) {
  GraphPlan plan;
  for (ir::NodeId id : task.graph.Order()) ZP_RETURN_IF_ERROR(PlanNode(task, id, plan));
  DequantizeForOthers(task, plan);
  return plan;
}

}  // namespace zeropoint::plan
