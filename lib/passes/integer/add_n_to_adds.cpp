// Before: ADD_N(x0, x1, x2, ...)
// After:  ADD(ADD(x0, x1), x2) ...
//
// Conditions: float32, at least two operands. Algebra: the float kernel adds in this order. Each ADD rescales its
// operands, so that they need not share one scale.
#include <vector>

#include "passes/edit.h"
#include "passes/integer/integer.h"

namespace zeropoint::passes {

absl::StatusOr<int> AddNToAdds(ir::Graph& graph) {
  return RewriteEach(graph, "ADD_N", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const std::vector<ir::ValueId> terms = {graph.node(id).inputs().begin(), graph.node(id).inputs().end()};
    if (terms.size() < 2 || graph.value(terms[0]).type != ElementType::kFloat32) return false;
    ir::ValueId sum = terms[0];
    for (size_t i = 1; i + 1 < terms.size(); ++i) sum = Emit(graph, id, "ADD", {sum, terms[i]});
    Become(graph, id, "ADD", {sum, terms.back()});
    return true;
  });
}

}  // namespace zeropoint::passes
