// Before: SQUARED_DIFFERENCE(a, b)
// After:  d = SUB(a, b); MUL(d, d)
//
// Conditions: float32; the target has no kernel for the form. Algebra: the definition; the difference is rounded once
// more, to its own scale.
#include "passes/edit.h"
#include "passes/integer/integer.h"

namespace zeropoint::passes {

absl::StatusOr<int> SquaredDifferenceToMul(ir::Graph& graph) {
  return RewriteEach(graph, "SQUARED_DIFFERENCE", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::ValueId a = graph.node(id).input(0), b = graph.node(id).input(1);
    if (graph.value(a).type != ElementType::kFloat32) return false;
    const ir::ValueId difference = Emit(graph, id, "SUB", {a, b});
    Become(graph, id, "MUL", {difference, difference});
    return true;
  });
}

}  // namespace zeropoint::passes
