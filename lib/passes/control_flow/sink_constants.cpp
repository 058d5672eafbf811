// Before: y, z = WHILE(x, w) with a constant w that the body hands through
// After:  y = WHILE(x), where condition and body have the constant themselves; w is read where z was
//
// Before: y = IF(c, x, w) with a constant w
// After:  y = IF(c, x), where the branches have the constant themselves
//
// Conditions: nobody else calls those graphs.
// Algebra: none. Weights that come in as operands are no weights to what is quantized, packed or fused in there.
#include "passes/control_flow/calls.h"
#include "passes/control_flow/control_flow.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

bool IsInvariant(const Call& call, size_t i) {
  return !call.is_loop || call.body().outputs[i] == call.body().inputs[i];
}

void Sink(const Call& call, size_t i) {
  ir::Graph& graph = *call.caller;
  const ir::ValueId constant = graph.node(call.node).input(call.first_operand() + static_cast<int>(i));
  if (call.is_loop) {
    graph.ReplaceUses(graph.node(call.node).output(static_cast<int>(i)), constant);
    RemoveResult(call, i);
  }
  for (ir::Graph* callee : call.callees) {
    const ir::ValueId copy = callee->AddValue(graph.value(constant));
    callee->ReplaceUses(callee->inputs[i], copy);
  }
  RemoveArgument(call, i);
}

}  // namespace

absl::StatusOr<int> SinkConstants(ir::Model& model) {
  int applied = 0;
  for (const Call& call : OwnCalls(model)) {
    for (size_t i = call.body().inputs.size(); i-- > 0;) {
      const ir::Node& node = call.caller->node(call.node);
      const ir::ValueId operand = node.input(call.first_operand() + static_cast<int>(i));
      if (!IsConstant(*call.caller, operand) || call.caller->value(operand).is_variable || !IsInvariant(call, i))
        continue;
      Sink(call, i);
      ++applied;
    }
  }
  return applied;
}

}  // namespace zeropoint::passes
