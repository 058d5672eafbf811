// float16: every float constant is stored in half the bytes and dequantized before use.
#include <cmath>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "numeric/float16.h"
#include "plan/forms.h"
#include "plan/planner.h"

namespace zeropoint::plan {
namespace {

// A number such as the 1e-12 that keeps a normalization from dividing by zero: as float16 it would be that zero.
bool VanishesInFloat16(const ir::Graph& graph, ir::ValueId value) {
  if (graph.value(value).shape.NumElements() != 1) return false;
  const std::optional<ir::FloatView> elements = ir::FloatView::Of(graph, value);
  if (!elements.has_value() || elements->front() == 0.0f) return false;
  return numeric::HalfToFloat(numeric::FloatToFiniteHalf(elements->front())) == 0.0f;
}

}  // namespace

absl::StatusOr<SchemePlan> PlanFloat16(const Task& task) {
  const ir::Graph& graph = task.graph;
  SchemePlan result;
  GraphPlan& plan = result.plan;
  for (ir::NodeId id : task.Nodes()) {
    const ir::Node& node = graph.node(id);
    const NodeChoice* choice = task.ChoiceFor(id);
    const bool weights_only = choice != nullptr && choice->weights_only;
    NodeDecision& decision = plan.nodes.emplace(id, UndecidedFor(node)).first->second;
    for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
      const ir::ValueId value = node.input(i);
      // A constant that the graph delivers as a result stays as it is.
      if (!IsFloat(graph, value) || !graph.value(value).is_constant || graph.IsGraphOutput(value)) continue;
      if (VanishesInFloat16(graph, value)) {
        decision.reason = absl::StrCat("'", graph.value(value).name, "' is too small for float16 and would become 0");
        continue;
      }
      if (weights_only && task.SpecOf(id).input(i).role != ops::Role::kWeight) continue;
      plan.values.emplace(value, Float16Form());
      plan.operands[{id, i}] = ValuePlan();
      decision.quantized = true;
    }
    if (decision.quantized) decision.reason.clear();
  }
  // Infinity becomes the largest float16; for NaN there is no value to store that would mean anything.
  for (const auto& [value, form] : plan.values) {
    const ir::FloatView elements = *ir::FloatView::Of(graph, value);
    for (size_t i = 0; i < elements.size(); ++i) {
      if (!std::isnan(elements[i])) continue;
      return Annotate(absl::InvalidArgumentError(absl::StrCat("a weight is NaN (element ", i, " of ", elements.size(),
                                                              "); it cannot be quantized")),
                      Place::kTensor, graph.value(value).name);
    }
  }
  return result;
}

}  // namespace zeropoint::plan
