// Before: SQUARE(x)
// After:  MUL(x, x)
//
// Conditions: float32; LiteRT has no integer kernel of SQUARE. Algebra: the definition.
#include "passes/edit.h"
#include "passes/integer/integer.h"

namespace zeropoint::passes {

absl::StatusOr<int> SquareToMul(ir::Graph& graph) {
  return RewriteEach(graph, "SQUARE", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::ValueId x = graph.node(id).input(0);
    if (graph.value(x).type != ElementType::kFloat32) return false;
    Become(graph, id, "MUL", {x, x});
    return true;
  });
}

}  // namespace zeropoint::passes
