// Before: MUL(CONV_2D(x, w, b), c)   (and the other ops of weighted.h)
// After:  CONV_2D(x, w * c, b * c), per output channel
//
// Conditions: c a float32 constant, one for all output channels or one each in the last dimension; w constant, b
// constant or absent; nothing else reads the convolution, and no activation lies between.
// Algebra: (Wx + b) c = (Wc) x + bc. With FuseBias this folds an inference batch norm into its convolution; products
// are rounded one by one in float32, which gives TensorFlow's converter's very weights.
#include "passes/edit.h"
#include "passes/fuse/fuse.h"
#include "passes/fuse/weighted.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> FoldInto(ir::Graph& graph, ir::NodeId mul) {
  const ir::NodeId conv = WeightedBefore(graph, mul);
  if (conv == ir::kNoNode) return false;
  const Weighted& form = *FindWeighted(graph.node(conv).op());
  const ir::ValueId weights = graph.node(conv).input(form.weights);
  const auto channels = OutputChannels(graph, graph.node(conv), form);
  if (!channels.has_value() || !IsConstant(graph, weights) || graph.value(weights).type != ElementType::kFloat32) {
    return false;
  }
  auto factors = PerChannel(graph, graph.node(mul).input(1), *channels);
  auto bias = Bias(graph, graph.node(conv), form);
  if (!factors.has_value() || !bias.has_value() || !MoveActivation(graph, mul, conv)) return false;
  ScaleWeights(graph, conv, form, form.channel_axis, *factors);
  if (!bias->empty()) {
    for (size_t i = 0; i < bias->size(); ++i) (*bias)[i] *= (*factors)[i];
    SetBias(graph, conv, form, *bias, graph.value(graph.node(conv).input(form.bias)).name);
  }
  TakeOverResult(graph, conv, mul);
  return true;
}

}  // namespace

absl::StatusOr<int> FuseScale(ir::Graph& graph) {
  return RewriteEach(graph, "MUL", [&](ir::NodeId id) { return FoldInto(graph, id); });
}

}  // namespace zeropoint::passes
