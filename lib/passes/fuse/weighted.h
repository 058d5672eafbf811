// The ops that multiply with a constant filter and add a bias, and what is done to filter and bias when a neighbour is
// folded into them.
#ifndef ZEROPOINT_PASSES_FUSE_WEIGHTED_H_
#define ZEROPOINT_PASSES_FUSE_WEIGHTED_H_

#include <optional>
#include <vector>

#include "ir/graph.h"

namespace zeropoint::passes {

// Where such an op has its operands.
struct Weighted {
  absl::string_view op;
  int input, weights, bias;  // operand numbers; the bias may be absent
  int channel_axis;          // of the weights: output channels
  int depth_axis;            // of the weights: input channels; -1 where one input channel is not one slice (depthwise)
};

// Null when the op is none of them.
const Weighted* FindWeighted(absl::string_view op);

// Output channels, from the weights' shape; nothing when it is not known.
std::optional<int64_t> OutputChannels(const ir::Graph& graph, const ir::Node& node, const Weighted& form);

// The elements of a float32 constant that adds to or multiplies each output channel: one for all, or one each in the
// last dimension, repeated to `channels`. Nothing when the constant is anything else.
std::optional<std::vector<float>> PerChannel(const ir::Graph& graph, ir::ValueId constant, int64_t channels);

// The float32 bias; nothing when it is not constant. An absent one is empty.
std::optional<std::vector<float>> Bias(const ir::Graph& graph, const ir::Node& node, const Weighted& form);
void SetBias(ir::Graph& graph, ir::NodeId node, const Weighted& form, absl::Span<const float> bias,
             const std::string& name);

// Weights times one factor for each slice along `axis`, as a new constant; the old one may have other readers.
void ScaleWeights(ir::Graph& graph, ir::NodeId node, const Weighted& form, int axis, absl::Span<const float> factors);

// The weighted node in front of `follower`, whose result nothing else reads and to which no activation is fused yet;
// kNoNode when there is none.
ir::NodeId WeightedBefore(const ir::Graph& graph, ir::NodeId follower);

// `node` takes over the result of the op that follows it, and that op goes.
void TakeOverResult(ir::Graph& graph, ir::NodeId node, ir::NodeId follower);

// Moves the fused activation of `from` to `to`; false (and nothing done) when `to` cannot have one.
bool MoveActivation(ir::Graph& graph, ir::NodeId from, ir::NodeId to);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_FUSE_WEIGHTED_H_
