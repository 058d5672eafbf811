// Before: NOT_EQUAL(a, b)
// After:  LOGICAL_NOT(EQUAL(a, b))
//
// Conditions: float32 operands. Algebra: the definition; for NaN both sides are true.
#include "passes/edit.h"
#include "passes/integer/integer.h"

namespace zeropoint::passes {

absl::StatusOr<int> NotEqualToEqual(ir::Graph& graph) {
  return RewriteEach(graph, "NOT_EQUAL", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::ValueId a = graph.node(id).input(0), b = graph.node(id).input(1);
    if (graph.value(a).type != ElementType::kFloat32) return false;
    const ir::ValueId equal = Emit(graph, id, "EQUAL", {a, b}, {}, ElementType::kBool);
    Become(graph, id, "LOGICAL_NOT", {equal});
    return true;
  });
}

}  // namespace zeropoint::passes
