#include "plan/recurrent.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "plan/forms.h"
#include "plan/plan.h"

namespace zeropoint::plan {
namespace {

bool IsPresent(const ir::Node& node, int operand) { return node.input(operand) != ir::kNoValue; }

// The intermediate is what weights make the result from, and those are absent: it is the result.
bool IsResult(const ir::Node& node, const ops::QuantSpec& spec, int intermediate) {
  return std::any_of(spec.inputs.begin(), spec.inputs.end(), [&](const ops::OperandSpec& operand) {
    return operand.bias_intermediate == intermediate && !IsPresent(node, operand.bias_weight);
  });
}

}  // namespace

void AddIntermediates(ir::Model& model, const PlanOptions& options) {
  const ir::Statistics none;
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    ir::Graph& graph = model.graphs[g];
    const Task task{graph, static_cast<int>(g), /*is_entry=*/true, none, options, Scheme::kInt8};
    int nodes = 0;
    for (ir::NodeId id : task.Nodes()) {
      const ops::OpDef* op = ops::FindOp(graph.node(id).op());
      if (op == nullptr || op->quant.intermediates.empty() || !graph.node(id).info.intermediates.empty()) continue;
      std::vector<ir::ValueId> added;
      for (const ops::IntermediateSpec& intermediate : op->quant.intermediates) {
        ir::Value value;
        // Several nodes of an op: x, x1, x2 ...
        value.name = nodes == 0 ? std::string(intermediate.name) : absl::StrCat(intermediate.name, nodes);
        value.shape = ir::Shape{0};
        added.push_back(graph.AddValue(std::move(value)));
      }
      graph.node(id).info.intermediates = std::move(added);
      ++nodes;
    }
  }
}

ir::Statistics UniteStateRanges(const Task& task) {
  ir::Statistics united = task.statistics;
  const ir::Graph& graph = task.graph;
  for (ir::NodeId id : task.Nodes()) {
    const ir::Node& node = graph.node(id);
    const ops::QuantSpec& spec = task.SpecOf(id);
    for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
      const ops::OperandSpec role = spec.input(i);
      if (role.role != ops::Role::kState || role.like_result < 0 || !IsPresent(node, i)) continue;
      const ir::Range* state = task.RangeOf(node.input(i));
      auto result = united.ranges.find({task.index, node.output(role.like_result)});
      if (state == nullptr || result == united.ranges.end()) continue;
      result->second.min = std::min(result->second.min, state->min);
      result->second.max = std::max(result->second.max, state->max);
    }
  }
  return united;
}

FormOrReason StateForm(const Task& task, ir::ValueId state, const ops::OperandSpec& spec,
                       const std::optional<ValuePlan>& result) {
  const ir::Graph& graph = task.graph;
  const ir::Value& value = graph.value(state);
  if (!value.is_variable) return {std::nullopt, absl::StrCat("its state '", value.name, "' is no variable")};
  if (graph.uses(state).size() != 1) return {std::nullopt, absl::StrCat("its state '", value.name, "' is shared")};
  if (spec.like_result >= 0) {
    if (result.has_value()) return {result, ""};
    return {std::nullopt, absl::StrCat("its state '", value.name, "' has the parameters of a result that has none")};
  }
  const ir::Range* range = task.RangeOf(state);
  if (range == nullptr) return {std::nullopt, NoRangeReason(task, state)};
  return {Int16StateForm(*range, spec.int16_steps, spec.power_of_two), ""};
}

std::map<int, ValuePlan> IntermediateForms(const Task& task, const ir::Node& node, const ops::QuantSpec& spec,
                                           const std::optional<ValuePlan>& result, std::string& reason) {
  std::map<int, ValuePlan> forms;
  if (spec.intermediates.empty()) return forms;
  if (node.info.intermediates.size() != spec.intermediates.size()) {
    reason = "calibration did not look inside the op";
    return forms;
  }
  for (size_t i = 0; i < spec.intermediates.size(); ++i) {
    const ops::IntermediateSpec& intermediate = spec.intermediates[i];
    if (intermediate.only_with >= 0 && !IsPresent(node, intermediate.only_with)) continue;
    if (result.has_value() && IsResult(node, spec, static_cast<int>(i))) {
      forms[static_cast<int>(i)] = *result;
      continue;
    }
    const ir::ValueId value = node.info.intermediates[i];
    const ir::Range* range = value == ir::kNoValue ? nullptr : task.RangeOf(value);
    if (range == nullptr) {
      reason = absl::StrCat("no range was calibrated for the ", intermediate.name);
      return forms;
    }
    forms[static_cast<int>(i)] = intermediate.int16 ? Int16Form(numeric::ActivationInt16(range->min, range->max).scale)
                                                    : Int8Form(numeric::ActivationInt8(range->min, range->max));
  }
  return forms;
}

}  // namespace zeropoint::plan
