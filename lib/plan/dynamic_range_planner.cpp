// Dynamic range: int8 weights, float activations (docs/numerics.md, "Dynamic range").
#include <algorithm>
#include <utility>

#include "plan/forms.h"
#include "plan/planner.h"

namespace zeropoint::plan {
namespace {

// Smaller constants are not worth it: TensorFlow 2.21's minimum_elements_for_weights.
constexpr int64_t kFewestElements = 1024;

// The op can run on the integers themselves, and its result is the smaller thing to dequantize.
bool RunsOnIntegers(const ir::Graph& graph, const ir::Node& node, const ops::QuantSpec& spec, ir::ValueId weight,
                    bool runs_int8) {
  if (!spec.same_scale || !runs_int8 || node.outputs().size() != 1) return false;
  const int64_t elements = graph.value(node.output()).shape.NumElements();
  return elements != ir::kDynamic && elements < graph.value(weight).shape.NumElements();
}

// A constant that the op would have in int8.
bool IsCandidate(const ir::Graph& graph, ir::ValueId weight) {
  return IsFloat(graph, weight) && graph.value(weight).is_constant;
}

bool IsWorthIt(const ir::Graph& graph, ir::ValueId weight, int64_t fewest) {
  return graph.value(weight).shape.NumElements() >= fewest;
}

bool AllAreWorthIt(const ir::Graph& graph, const ir::Node& node, const ops::QuantSpec& spec, int64_t fewest) {
  return std::all_of(spec.dynamic_range.begin(), spec.dynamic_range.end(),
                     [&](const ops::DynamicRangeOperand& candidate) {
                       const ir::ValueId weight = node.input(candidate.operand);
                       return !IsCandidate(graph, weight) || IsWorthIt(graph, weight, fewest);
                     });
}

// LiteRT's hybrid kernels of ops whose channels are the last dimension (depthwise ones) read as many scales as there
// are channels, whatever the weights have: given one for all, they compute with what lies behind it.
bool ReadsMissingScales(const ops::DynamicRangeOperand& candidate, int axis) {
  return candidate.hybrid && candidate.axis > 0 && axis < 0;
}
constexpr char kReadsMissingScales[] = "LiteRT's kernel for int8 weights beside floats needs a scale for each channel";

absl::Status PlanNode(const Task& task, ir::NodeId id, GraphPlan& plan) {
  const ir::Graph& graph = task.graph;
  const ir::Node& node = graph.node(id);
  const ops::QuantSpec& spec = task.SpecOf(id);
  const NodeChoice* choice = task.ChoiceFor(id);
  const int64_t fewest = choice == nullptr ? kFewestElements : choice->min_weight_elements.value_or(kFewestElements);
  const bool widened = choice != nullptr && choice->explicit_dequantize;
  const ops::OpDef* op = ops::FindOp(node.op());
  NodeDecision& decision = plan.nodes.emplace(id, UndecidedFor(node)).first->second;
  if (spec.dynamic_range_all_or_none && !AllAreWorthIt(graph, node, spec, fewest)) return absl::OkStatus();
  for (const ops::DynamicRangeOperand& candidate : spec.dynamic_range) {
    const ir::ValueId weight = node.input(candidate.operand);
    if (!IsCandidate(graph, weight)) continue;
    if (!IsWorthIt(graph, weight, fewest)) continue;
    ZP_ASSIGN_OR_RETURN(const ir::FloatView elements, WeightElements(graph, weight));
    const ops::OperandSpec role{ops::Role::kWeight, candidate.axis, -1, -1};
    const int axis = WeightAxis(task, id, role, weight);
    const std::vector<float> trained = TrainedMagnitudes(graph, weight, axis);
    ValuePlan form = DynamicRangeForm({elements, graph.value(weight).shape.dims(), axis, trained});
    const bool has_kernel = widened || !candidate.hybrid || HasKernel(*op, ops::KernelForm::kHybrid, task.options);
    if (!has_kernel) decision.reason = NoKernelReason(*op, ops::KernelForm::kHybrid, task.options);
    const bool misreads = !widened && ReadsMissingScales(candidate, axis);
    if (misreads) decision.reason = kReadsMissingScales;
    const bool runs = has_kernel && !misreads;
    if (widened) {
      StoreConstant(weight, id, candidate.operand, std::move(form), plan);
      plan.operands[{id, candidate.operand}] = ValuePlan();
      decision.quantized = true;
    } else if (candidate.hybrid && runs) {
      decision.attrs = spec.dynamic_range_attrs;
      plan.operands[{id, candidate.operand}] = std::move(form);
      decision.quantized = true;
    } else if (RunsOnIntegers(graph, node, spec, weight, HasKernel(*op, ops::KernelForm::kInt8, task.options))) {
      plan.values[node.output()] = form;
      plan.operands[{id, candidate.operand}] = std::move(form);
      decision.quantized = true;
    } else {
      StoreConstant(weight, id, candidate.operand, std::move(form), plan);
    }
  }
  return absl::OkStatus();
}

// A constant that is stored as integers is widened for all of the scheme's nodes that want floats.
void DequantizeConstants(const Task& task, GraphPlan& plan) {
  for (const auto& [value, form] : plan.values) {
    if (!task.graph.value(value).is_constant) continue;
    for (const ir::Use& use : task.graph.uses(value)) {
      if (task.Takes(use.node)) plan.operands.emplace(std::make_pair(use.node, use.operand), ValuePlan());
    }
  }
}

}  // namespace

absl::StatusOr<SchemePlan> PlanDynamicRange(const Task& task) {
  SchemePlan result;
  for (ir::NodeId id : task.Nodes()) ZP_RETURN_IF_ERROR(PlanNode(task, id, result.plan));
  DequantizeConstants(task, result.plan);
  return result;
}

}  // namespace zeropoint::plan
