// Before: ADD(CONV_2D(x, w, b), c), SUB(CONV_2D(x, w, b), c)   (and the other ops of weighted.h)
// After:  CONV_2D(x, w, b + c), CONV_2D(x, w, b - c)
//
// Conditions: c a float32 constant, one for all output channels or one each in the last dimension; b constant or
// absent; nothing else reads the convolution, and no activation lies between.
// Algebra: (Wx + b) + c = Wx + (b + c); b + c is rounded once, as TensorFlow's converter rounds it.
#include "passes/edit.h"
#include "passes/fuse/fuse.h"
#include "passes/fuse/weighted.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> FoldInto(ir::Graph& graph, ir::NodeId add, bool subtract) {
  const ir::NodeId conv = WeightedBefore(graph, add);
  if (conv == ir::kNoNode) return false;
  const Weighted& form = *FindWeighted(graph.node(conv).op());
  const auto channels = OutputChannels(graph, graph.node(conv), form);
  if (!channels.has_value()) return false;
  const ir::ValueId constant = graph.node(add).input(1);
  auto terms = PerChannel(graph, constant, *channels);
  auto bias = Bias(graph, graph.node(conv), form);
  if (!terms.has_value() || !bias.has_value() || !MoveActivation(graph, add, conv)) return false;
  bias->resize(static_cast<size_t>(*channels), 0.0f);
  for (size_t i = 0; i < bias->size(); ++i) {
    (*bias)[i] = subtract ? (*bias)[i] - (*terms)[i] : (*bias)[i] + (*terms)[i];
  }
  SetBias(graph, conv, form, *bias, graph.value(constant).name);
  TakeOverResult(graph, conv, add);
  return true;
}

}  // namespace

absl::StatusOr<int> FuseBias(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return node.op() == "ADD" || node.op() == "SUB"; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return FoldInto(graph, id, graph.node(id).op() == "SUB"); });
}

}  // namespace zeropoint::passes
