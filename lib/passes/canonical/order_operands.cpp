// Before: ADD(c, x), MUL(c, x), SQUARED_DIFFERENCE(c, x) ... with a constant c
// After:  ADD(x, c), ...
//
// Conditions: x is not constant. Algebra: the ops commute. Other passes then look for constants in one place.
#include <algorithm>

#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {

absl::StatusOr<int> OrderOperands(ir::Graph& graph) {
  constexpr absl::string_view kCommutative[] = {"ADD",   "MUL",      "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE",
                                                "EQUAL", "NOT_EQUAL"};
  auto wanted = [&](const ir::Node& node) {
    return std::find(std::begin(kCommutative), std::end(kCommutative), node.op()) != std::end(kCommutative);
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    auto split = SplitConstant(graph, graph.node(id));
    if (!split.has_value() || split->constant_operand != 0) return false;
    graph.SetInputs(id, {split->other, split->constant});
    return true;
  });
}

}  // namespace zeropoint::passes
