// What the planners of the schemes share. Private to lib/plan.
#ifndef ZEROPOINT_PLAN_PLANNER_H_
#define ZEROPOINT_PLAN_PLANNER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "ops/op_def.h"
#include "plan/plan.h"

namespace zeropoint::plan {

// One graph of the model to be planned.
struct Task {
  const ir::Graph& graph;
  int index;       // in the model
  bool is_entry;   // called by the user, not by a control-flow op: input and output types apply to it
  const ir::Statistics& statistics;
  const PlanOptions& options;

  const ir::Range* RangeOf(ir::ValueId id) const { return statistics.Find(index, id); }
};

absl::StatusOr<GraphPlan> PlanInt8(const Task& task);
absl::StatusOr<GraphPlan> PlanInt16x8(const Task& task);
absl::StatusOr<GraphPlan> PlanDynamicRange(const Task& task);
absl::StatusOr<GraphPlan> PlanFloat16(const Task& task);

// The node's specification; an empty one when its op has no record.
const ops::QuantSpec& SpecOf(const ir::Node& node);
// Present and float32.
bool IsFloat(const ir::Graph& graph, ir::ValueId id);
NodeDecision UndecidedFor(const ir::Node& node);
// Enters the node into the plan of a scheme of which its op `has_form` or not. The decision that is left to make; null
// when there is none: the node has no floats, or no form, which is noted as the reason.
NodeDecision* EnterNode(const ir::Graph& graph, ir::NodeId id, bool has_form, const char* scheme, GraphPlan& plan);
// Plans the forms of the float ones among the node's operands.
void PlanOperands(const ir::Graph& graph, ir::NodeId id, std::map<int, ValuePlan>&& forms, GraphPlan& plan);

// The axis along which a weight gets its scales: -1 (per tensor) when the options or the shape say so.
int WeightAxis(const Task& task, const ops::QuantSpec& spec, const ops::OperandSpec& operand, ir::ValueId weight);

// Elements of a float32 constant. kInvalidArgument naming the tensor when one is NaN or infinite.
absl::StatusOr<std::vector<float>> WeightElements(const ir::Graph& graph, ir::ValueId id);
// Nothing when the constant is empty or holds NaN or Inf: it cannot have parameters.
std::optional<std::vector<float>> FiniteElements(const ir::Graph& graph, ir::ValueId id);

// A constant weight that the file stores as an integer already, beside float activations. The static modes can use it as
// it is (Int8WeightAsStored) when it is int8 and symmetric.
bool IsIntegerWeight(const ir::Graph& graph, const ops::OperandSpec& operand, ir::ValueId id);
std::optional<ValuePlan> Int8WeightAsStored(const ir::Graph& graph, ir::ValueId id);

// Wordings of reasons, one place so that reports read alike.
std::string NoFormReason(const ir::Node& node, const char* scheme);
std::string NoRangeReason(const ir::Graph& graph, ir::ValueId id);
std::string IntegerWeightReason(const ir::Graph& graph, ir::ValueId id);
std::string NoParamsConstantReason(const ir::Graph& graph, ir::ValueId id);

// Decides in which form the graph takes its float inputs and delivers its float outputs, and lets float nodes read
// integer values as float32. `form` is the integer form that a value has or could have; nothing when it has none.
using FormOf = std::function<std::optional<ValuePlan>(ir::ValueId)>;
void PlanBoundaries(const Task& task, const FormOf& form, GraphPlan& plan);

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_PLANNER_H_
