// Before                      After            Condition
// POW(x, 2)                   MUL(x, x)        float32; the exponent a scalar constant
// POW(x, 0.5)                 SQRT(x)          likewise
// POW(x, -0.5)                RSQRT(x)         likewise
// SELECT_V2(c, a, b)          SELECT(c, a, b)  the three shapes are static and equal: nothing is broadcast
//
// Algebra: the definitions.
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> Pow(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId x = graph.node(id).input(0), exponent = graph.node(id).input(1);
  if (graph.value(x).type != ElementType::kFloat32 || IsConstant(graph, x)) return false;
  if (IsScalar(graph, exponent, 2.0)) {
    Become(graph, id, "MUL", {x, x}, Attrs({{"fused_activation_function", int64_t{0}}}));
  } else if (IsScalar(graph, exponent, 0.5)) {
    Become(graph, id, "SQRT", {x});
  } else if (IsScalar(graph, exponent, -0.5)) {
    Become(graph, id, "RSQRT", {x});
  } else {
    return false;
  }
  return true;
}

absl::StatusOr<bool> Select(ir::Graph& graph, ir::NodeId id) {
  const ir::Shape& condition = graph.value(graph.node(id).input(0)).shape;
  if (!condition.ranked() || !condition.IsStatic()) return false;
  for (int i = 1; i <= 2; ++i) {
    if (graph.value(graph.node(id).input(i)).shape != condition) return false;
  }
  graph.node(id).info.op = "SELECT";
  return true;
}

}  // namespace

absl::StatusOr<int> UseCheaperOps(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(int powers, RewriteEach(graph, "POW", [&](ir::NodeId id) { return Pow(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int selects, RewriteEach(graph, "SELECT_V2", [&](ir::NodeId id) { return Select(graph, id); }));
  return powers + selects;
}

}  // namespace zeropoint::passes
