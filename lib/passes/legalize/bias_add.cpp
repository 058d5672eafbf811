// Before: y = tf.BiasAdd(x, bias[C]) {data_format}
// After:  y = ADD(x, bias), NCHW: ADD(x, RESHAPE(bias) [C,1,...,1])
//
// Conditions: NCHW needs the rank of x, to know how many dimensions follow the channels.
// Algebra: broadcasting adds a vector along the last dimension.
#include "passes/edit.h"
#include "passes/legalize/layout.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> BiasAdd(ir::Graph& graph, ir::NodeId id) {
  ir::ValueId x = graph.node(id).input(0), bias = graph.node(id).input(1);
  const ir::Shape& shape = graph.value(x).shape;
  if (ChannelsFirst(graph.node(id))) {
    if (!shape.ranked() || shape.rank() < 2) return false;
    std::vector<int64_t> aligned(static_cast<size_t>(shape.rank() - 1), 1);
    aligned[0] = -1;
    bias = EmitReshape(graph, id, bias, aligned);
  }
  Become(graph, id, "ADD", {x, bias}, Attrs({{"fused_activation_function", int64_t{0}}}));
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeBiasAdd(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return node.op() == "tf.BiasAdd" || node.op() == "tf.BiasAddV1"; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return BiasAdd(graph, id); });
}

}  // namespace zeropoint::passes
