// Before: y = IF(c, x), x : float32[1,4], and the branches' input a : float32
// After:  a : float32[1,4], and y as the branches deliver it
//
// Before: y = WHILE(x), x : float32[1,4], the body makes float32[?,4] of float32[1,4]
// After:  the condition's and the body's input, and y : float32[?,4]
//
// Conditions: IF and WHILE whose graphs nobody else calls.
// Algebra: a loop's variable has the shape that the operand and the body's result share (ops/control_flow.h). As long
// as the body holds nodes whose shapes nobody can infer, a variable has the shape that TensorFlow declares, or one of
// the operand's rank: TensorFlow's loops keep the rank of a variable unless the model's author says otherwise, and what
// says otherwise is refused here once the body's result is known.
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/engine.h"
#include "passes/control_flow/calls.h"
#include "passes/control_flow/control_flow.h"

namespace zeropoint::passes {
namespace {

using Facts = std::vector<std::pair<ElementType, ir::Shape>>;

Facts FactsOf(const ir::Model& model) {
  Facts facts;
  for (const ir::Graph& graph : model.graphs) {
    for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
      facts.emplace_back(graph.value(id).type, graph.value(id).shape);
    }
  }
  return facts;
}

ir::Shape OfRank(int rank) {
  ir::Shape shape;
  for (int i = 0; i < rank; ++i) shape.Append(ir::kDynamic);
  return shape;
}

void SetShape(ir::Graph& graph, ir::ValueId id, const ir::Shape& shape) {
  if (shape.ranked()) graph.value(id).shape = shape;
}

absl::Status CheckRank(const Call& call, size_t i) {
  const ir::Shape& before = call.body().value(call.body().inputs[i]).shape;
  const ir::Shape& after = call.body().value(call.body().outputs[i]).shape;
  if (!before.ranked() || !after.ranked() || before.rank() == after.rank()) return absl::OkStatus();
  absl::Status status =
      absl::UnimplementedError(absl::StrCat("variable ", i, " of the loop changes from ", before.ToString(), " to ",
                                            after.ToString(), "; variables that change their rank are not supported"));
  const ir::Node& node = call.caller->node(call.node);
  return Annotate(Annotate(std::move(status), Place::kNode, node.info.name), Place::kOp, node.op());
}

absl::Status SetVariables(const Call& call) {
  ir::Graph& graph = *call.caller;
  const ir::Node& node = graph.node(call.node);
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    const ir::Value& operand = graph.value(node.inputs()[i]);
    ir::Value& result = graph.value(node.outputs()[i]);
    if (operand.type == ElementType::kVariant) continue;
    if (!result.shape.ranked() && operand.shape.ranked()) result.shape = OfRank(operand.shape.rank());
    for (ir::Graph* callee : call.callees) SetShape(*callee, callee->inputs[i], result.shape);
    ZP_RETURN_IF_ERROR(CheckRank(call, i));
  }
  return absl::OkStatus();
}

absl::Status SetArguments(const Call& call) {
  if (call.is_loop) return SetVariables(call);
  const ir::Node& node = call.caller->node(call.node);
  for (ir::Graph* callee : call.callees) {
    for (size_t i = 0; i < callee->inputs.size(); ++i) {
      const ir::Value& operand = call.caller->value(node.input(call.first_operand() + static_cast<int>(i)));
      if (operand.type != ElementType::kVariant) SetShape(*callee, callee->inputs[i], operand.shape);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> InferCalledShapes(ir::Model& model) {
  if (model.graphs.size() < 2) return 0;  // a graph that stands alone has a pass of its own
  const Facts before = FactsOf(model);
  ZP_RETURN_IF_ERROR(engine::InferShapes(model));
  for (const Call& call : OwnCalls(model)) ZP_RETURN_IF_ERROR(SetArguments(call));
  const Facts after = FactsOf(model);
  int changed = 0;
  for (size_t i = 0; i < after.size(); ++i) changed += before[i] != after[i] ? 1 : 0;
  return changed;
}

}  // namespace zeropoint::passes
