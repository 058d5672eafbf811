// Before: ADD(RELU(x), MUL(RELU(NEG(x)), c))
// After:  PRELU(x, -c)
//
// Conditions: float32; c a constant with one dimension less than x, as TensorFlow's converter asks.
// Algebra: for x >= 0 the second term is 0; below, the first is, and the second is -x c.
#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"

namespace zeropoint::passes {
namespace {

// x when the value is RELU(NEG(x)).
ir::ValueId NegativePart(const ir::Graph& graph, ir::ValueId id) {
  const ir::NodeId relu = SoleProducerOf(graph, id, "RELU");
  const ir::NodeId neg = relu == ir::kNoNode ? ir::kNoNode : ProducerOf(graph, graph.node(relu).input(0), "NEG");
  return neg == ir::kNoNode ? ir::kNoValue : graph.node(neg).input(0);
}

absl::StatusOr<bool> Fuse(ir::Graph& graph, ir::NodeId id) {
  if (graph.node(id).attrs().Int("fused_activation_function") != 0) return false;
  for (int i = 0; i < 2; ++i) {
    const ir::NodeId positive = SoleProducerOf(graph, graph.node(id).input(i), "RELU");
    const ir::NodeId scaled = SoleProducerOf(graph, graph.node(id).input(1 - i), "MUL");
    if (positive == ir::kNoNode || scaled == ir::kNoNode) continue;
    const ir::ValueId x = graph.node(positive).input(0), constant = graph.node(scaled).input(1);
    auto slopes =
        graph.value(constant).type == ElementType::kFloat32 ? ir::FloatElements(graph, constant) : std::nullopt;
    const ir::Shape shape = graph.value(constant).shape;
    if (!slopes.has_value() || NegativePart(graph, graph.node(scaled).input(0)) != x) continue;
    if (!graph.value(x).shape.ranked() || graph.value(x).shape.rank() != shape.rank() + 1) continue;
    for (float& slope : *slopes) slope = -slope;
    const ir::ValueId alpha = AddFloats(graph, absl::StrCat(graph.value(constant).name, "/alpha"), shape, *slopes);
    Become(graph, id, "PRELU", {x, alpha});
    return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<int> FusePrelu(ir::Graph& graph) {
  return RewriteEach(graph, "ADD", [&](ir::NodeId id) { return Fuse(graph, id); });
}

}  // namespace zeropoint::passes
