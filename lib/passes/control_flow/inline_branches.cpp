// Before: y = IF(true, x), then: b = NEG(a)
// After:  y = NEG(x)
//
// Conditions: the condition is constant; nobody else calls the branches.
// Algebra: none. The branch that is never taken goes, with all that no runtime could run in there.
#include "passes/control_flow/calls.h"
#include "passes/control_flow/control_flow.h"
#include "passes/edit.h"

namespace zeropoint::passes {

absl::StatusOr<int> InlineBranches(ir::Model& model) {
  int applied = 0;
  for (const Call& call : OwnCalls(model)) {
    const ir::ValueId condition = call.caller->node(call.node).input(0);
    if (call.is_loop || !IsConstant(*call.caller, condition)) continue;
    const Bytes& data = call.caller->value(condition).data;
    if (call.caller->value(condition).type != ElementType::kBool || data.size() != 1) continue;
    InlineCall(*call.callees[data.data()[0] != 0 ? 0 : 1], *call.caller, call.node, call.first_operand());
    ++applied;
  }
  return applied;
}

}  // namespace zeropoint::passes
