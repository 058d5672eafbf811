// Before: DIV(e, SUM(e, last axis)), e = EXP(SUB(x, REDUCE_MAX(x, last axis)))
// After:  SOFTMAX(x) {beta = 1}
//
// Conditions: float32; both reductions are over the last axis alone and keep it.
// Algebra: the definition; the largest element is subtracted so that EXP does not overflow, as the kernel does itself.
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"

namespace zeropoint::passes {
namespace {

bool OverLastAxis(const ir::Graph& graph, ir::NodeId reduce) {
  const auto axis = ir::IntScalar(graph, graph.node(reduce).input(1));
  const ir::Shape& shape = graph.value(graph.node(reduce).input(0)).shape;
  return axis.has_value() && shape.ranked() && (*axis == -1 || *axis == shape.rank() - 1) &&
         graph.node(reduce).attrs().Bool("keep_dims");
}

absl::StatusOr<bool> Fuse(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId e = graph.node(id).input(0);
  const ir::NodeId exp = ProducerOf(graph, e, "EXP"), sum = ProducerOf(graph, graph.node(id).input(1), "SUM");
  if (exp == ir::kNoNode || sum == ir::kNoNode || graph.node(sum).input(0) != e || !OverLastAxis(graph, sum))
    return false;
  const ir::NodeId shifted = ProducerOf(graph, graph.node(exp).input(0), "SUB");
  if (shifted == ir::kNoNode || graph.node(id).attrs().Int("fused_activation_function") != 0) return false;
  const ir::ValueId x = graph.node(shifted).input(0);
  const ir::NodeId max = ProducerOf(graph, graph.node(shifted).input(1), "REDUCE_MAX");
  if (max == ir::kNoNode || graph.node(max).input(0) != x || !OverLastAxis(graph, max)) return false;
  if (graph.value(x).type != ElementType::kFloat32) return false;
  Become(graph, id, "SOFTMAX", {x}, Attrs({{"beta", 1.0f}}));
  return true;
}

}  // namespace

absl::StatusOr<int> FuseSoftmax(ir::Graph& graph) {
  return RewriteEach(graph, "DIV", [&](ir::NodeId id) { return Fuse(graph, id); });
}

}  // namespace zeropoint::passes
