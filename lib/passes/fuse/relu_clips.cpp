// Before                                             After
// MAXIMUM(x, 0)                                      RELU(x)
// MINIMUM(RELU(x), 6), MAXIMUM(MINIMUM(x, 6), 0)     RELU6(x)
// MINIMUM(MAXIMUM(x, -1), 1), MAXIMUM(MINIMUM(x, 1), -1)   RELU_N1_TO_1(x)
//
// Conditions: float32, the constants scalars; nothing else reads between. Algebra: the definitions. Order of operands
// is settled before: the constant comes second.
#include "passes/edit.h"
#include "passes/fuse/fuse.h"

namespace zeropoint::passes {
namespace {

void BecomeActivation(ir::Graph& graph, ir::NodeId id, absl::string_view op, ir::NodeId inner) {
  const ir::ValueId x = graph.node(inner == ir::kNoNode ? id : inner).input(0);
  Become(graph, id, op, {x});
  if (inner != ir::kNoNode) graph.RemoveNode(inner);
}

// `outer`(`inner`(x, low), high) with the two constants.
bool IsClip(const ir::Graph& graph, ir::NodeId id, double outer, ir::NodeId inner, double inner_constant) {
  return inner != ir::kNoNode && IsScalar(graph, graph.node(id).input(1), outer) &&
         IsScalar(graph, graph.node(inner).input(1), inner_constant);
}

constexpr double kSix = 6.0;

absl::StatusOr<bool> Minimum(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId in = graph.node(id).input(0);
  const ir::NodeId relu = SoleProducerOf(graph, in, "RELU");
  if (relu != ir::kNoNode && IsScalar(graph, graph.node(id).input(1), kSix)) {
    BecomeActivation(graph, id, "RELU6", relu);
    return true;
  }
  const ir::NodeId maximum = SoleProducerOf(graph, in, "MAXIMUM");
  if (!IsClip(graph, id, 1.0, maximum, -1.0)) return false;
  BecomeActivation(graph, id, "RELU_N1_TO_1", maximum);
  return true;
}

absl::StatusOr<bool> Maximum(ir::Graph& graph, ir::NodeId id) {
  const ir::NodeId minimum = SoleProducerOf(graph, graph.node(id).input(0), "MINIMUM");
  if (IsClip(graph, id, -1.0, minimum, 1.0)) {
    BecomeActivation(graph, id, "RELU_N1_TO_1", minimum);
    return true;
  }
  if (IsClip(graph, id, 0.0, minimum, kSix)) {
    BecomeActivation(graph, id, "RELU6", minimum);
    return true;
  }
  if (!IsScalar(graph, graph.node(id).input(1), 0.0)) return false;
  BecomeActivation(graph, id, "RELU", ir::kNoNode);
  return true;
}

}  // namespace

absl::StatusOr<int> FuseReluClips(ir::Graph& graph) {
  auto wanted = [&](const ir::Node& node) {
    return (node.op() == "MINIMUM" || node.op() == "MAXIMUM") &&
           graph.value(node.input(0)).type == ElementType::kFloat32;
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) {
    return graph.node(id).op() == "MINIMUM" ? Minimum(graph, id) : Maximum(graph, id);
  });
}

}  // namespace zeropoint::passes
