// Before: PRELU(x, a)
// After:  ADD(RELU(x), MUL(MINIMUM(x, 0), a))
//
// Conditions: float32; the target has no kernel for the form. Algebra: of the two terms one is 0 everywhere.
#include "absl/strings/str_cat.h"
#include "passes/edit.h"
#include "passes/integer/integer.h"

namespace zeropoint::passes {

absl::StatusOr<int> PreluToRelu(ir::Graph& graph) {
  return RewriteEach(graph, "PRELU", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::ValueId x = graph.node(id).input(0), slope = graph.node(id).input(1);
    if (graph.value(x).type != ElementType::kFloat32 || graph.value(slope).type != ElementType::kFloat32) return false;
    const ir::ValueId zero = AddFloat(graph, absl::StrCat(graph.node(id).info.name, "/zero"), 0.0f);
    const ir::ValueId positive = Emit(graph, id, "RELU", {x});
    const ir::ValueId negative = Emit(graph, id, "MINIMUM", {x, zero});
    const ir::ValueId scaled = Emit(graph, id, "MUL", {negative, slope});
    Become(graph, id, "ADD", {positive, scaled});
    return true;
  });
}

}  // namespace zeropoint::passes
