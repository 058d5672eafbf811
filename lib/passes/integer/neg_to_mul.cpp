// Before: NEG(x)
// After:  MUL(x, -1)
//
// Conditions: float32. LiteRT's integer NEG changes the sign of the integers, whatever their zero points are.
// Algebra: exact; as an integer of 8 or 16 bits -1 is represented exactly too. One op, where a table takes three.
#include "absl/strings/str_cat.h"
#include "passes/edit.h"
#include "passes/integer/integer.h"

namespace zeropoint::passes {

absl::StatusOr<int> NegToMul(ir::Graph& graph) {
  return RewriteEach(graph, "NEG", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::ValueId x = graph.node(id).input(0);
    if (graph.value(x).type != ElementType::kFloat32) return false;
    const ir::ValueId minus_one = AddFloat(graph, absl::StrCat(graph.node(id).info.name, "/minus_one"), -1.0f);
    Become(graph, id, "MUL", {x, minus_one});
    return true;
  });
}

}  // namespace zeropoint::passes
