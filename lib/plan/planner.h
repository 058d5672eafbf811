// What the planners of the schemes share. Private to lib/plan.
#ifndef ZEROPOINT_PLAN_PLANNER_H_
#define ZEROPOINT_PLAN_PLANNER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "ir/float_view.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "ops/op_def.h"
#include "plan/op_form.h"
#include "plan/plan.h"

namespace zeropoint::plan {

class Variables;

// One graph of the model, to be planned by one scheme. Nodes that are asked to be something else are float ops without
// a record to that scheme's planner, and none of its business.
struct Task {
  const ir::Graph& graph;
  int index;      // in the model
  bool is_entry;  // called by the user, not by a control-flow op: input and output types apply to it
  const ir::Statistics& statistics;
  const PlanOptions& options;
  Scheme scheme;
  const Variables* variables = nullptr;  // null: those of the model stay float

  // The range that parameters can be made of; null when there is none, or when integer arithmetic cannot hold it.
  const ir::Range* RangeOf(ir::ValueId id) const;
  // A range was calibrated, but integer arithmetic cannot hold it.
  bool IsTooWide(ir::ValueId id) const;
  // Null: the node is as the options say.
  const NodeChoice* ChoiceFor(ir::NodeId id) const;
  Scheme SchemeOf(ir::NodeId id) const;
  bool Takes(ir::NodeId id) const { return SchemeOf(id) == scheme; }
  // The nodes that the scheme takes, in order of execution.
  std::vector<ir::NodeId> Nodes() const;
  // As SpecOf of plan/op_form.h; empty when the scheme does not take the node.
  const ops::QuantSpec& SpecOf(ir::NodeId id) const;
};

// What a planner decided on the nodes of its scheme. It leaves the graph's boundaries to PlanBoundaries.
struct SchemePlan {
  GraphPlan plan;
  // The integer form of the graph's run-time inputs and outputs, that they have or could have.
  std::map<ir::ValueId, ValuePlan> boundary;
};

absl::StatusOr<SchemePlan> PlanInt8(const Task& task);
absl::StatusOr<SchemePlan> PlanInt16x8(const Task& task);
absl::StatusOr<SchemePlan> PlanDynamicRange(const Task& task);
absl::StatusOr<SchemePlan> PlanFloat16(const Task& task);

// Present and float32.
bool IsFloat(const ir::Graph& graph, ir::ValueId id);
NodeDecision UndecidedFor(const ir::Node& node);
// Enters the node into the plan of a scheme of which its op `has_form` or not. The decision that is left to make; null
// when there is none: the node has no floats, or no form, which is noted as the reason.
NodeDecision* EnterNode(const Task& task, ir::NodeId id, bool has_form, GraphPlan& plan);
// The operand of a table lookup that is part of the function, and read as it is.
inline bool IsTableParameter(const NodeDecision& decision, int operand) { return decision.by_table && operand > 0; }
// The value that the node reads from a variable or assigns to it is in the variable's form. False: it is no such node.
bool PlanVariable(const Task& task, ir::NodeId id, NodeDecision& decision, GraphPlan& plan);
// Plans the forms of the float ones among the node's operands.
void PlanOperands(const ir::Graph& graph, ir::NodeId id, std::map<int, ValuePlan>&& forms, GraphPlan& plan);

// Stores a constant in another form for the operand that reads it, and, when nobody was first, for all that read it so.
void StoreConstant(ir::ValueId constant, ir::NodeId id, int operand, ValuePlan form, GraphPlan& plan);

// The axis along which a weight of the node gets its scales: -1 (per tensor) when the options or the shape say so.
int WeightAxis(const Task& task, ir::NodeId id, const ops::OperandSpec& operand, ir::ValueId weight);
// The largest magnitude that training fixed for each slice of the weight along `axis`; empty when it did not.
std::vector<float> TrainedMagnitudes(const ir::Graph& graph, ir::ValueId weight, int axis);

// Elements of a float constant. kInvalidArgument naming the tensor when one is NaN or infinite.
absl::StatusOr<ir::FloatView> WeightElements(const ir::Graph& graph, ir::ValueId id);
// Nothing when the constant is empty or holds NaN or Inf: it cannot have parameters.
std::optional<ir::FloatView> FiniteElements(const ir::Graph& graph, ir::ValueId id);

// A constant weight that the file stores as an integer already, beside float activations. The static modes can use it
// as it is (Int8WeightAsStored) when it is int8 and symmetric.
bool IsIntegerWeight(const ir::Graph& graph, const ops::OperandSpec& operand, ir::ValueId id);
std::optional<ValuePlan> Int8WeightAsStored(const ir::Graph& graph, ir::ValueId id);

// Wordings of reasons, one place so that reports read alike.
std::string NoRangeReason(const Task& task, ir::ValueId id);
std::string IntegerWeightReason(const ir::Graph& graph, ir::ValueId id);

// A filter, which LiteRT's kernels want as int8 with a zero point of 0 in each channel; matrices may be as activations
// are. One that is computed at run time is like that by chance only.
bool IsFilter(const ir::Graph& graph, const ops::OperandSpec& operand, ir::ValueId id);
std::string ComputedWeightReason(const ir::Graph& graph, ir::ValueId id);
std::string NoParamsConstantReason(const ir::Graph& graph, ir::ValueId id);

using FormOf = std::function<std::optional<ValuePlan>(ir::ValueId)>;
// `form` of each of the graph's inputs and outputs that has one.
std::map<ir::ValueId, ValuePlan> BoundaryForms(const ir::Graph& graph, const FormOf& form);
// Decides in which form the graph takes its float inputs and delivers its float outputs, and lets whoever has no plan
// for an integer value read it as float32. `inputs` and `outputs`: integer forms that they have or could have.
void PlanBoundaries(const Task& task, const std::map<ir::ValueId, ValuePlan>& inputs,
                    const std::map<ir::ValueId, ValuePlan>& outputs, GraphPlan& plan);

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_PLANNER_H_
