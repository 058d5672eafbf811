// Before: CONV_2D(MUL(x, c), w, b), DEPTHWISE_CONV_2D likewise, c a scalar
// After:  CONV_2D(x, w * c, b)
//
// Before: CONV_2D(ADD(x, c), w, b) {padding = VALID}, c a scalar   (SUB: with -c)
// After:  CONV_2D(x, w, b + c * sum of w)
//
// Before: FULLY_CONNECTED(MUL(x, c), w, b), c a scalar or one for each input channel
// After:  FULLY_CONNECTED(x, w * c, b)
//
// Before: FULLY_CONNECTED(ADD(x, c), w, b), b present or c a scalar
// After:  FULLY_CONNECTED(x, w, b + w c)
//
// Conditions: c, w and b float32 constants; the first op has no fused activation and one reader, but that ADD stays for
// others where FULLY_CONNECTED need not wait for it.
// Algebra: W(cx) = (cW)x and W(x + c) = Wx + Wc. Padding with zeros comes after the ADD, so ADD asks for VALID.
// TensorFlow's converter asks for scalars before convolutions and for a bias after ADD of a vector; so do we, to write
// its graph.
#include <algorithm>
#include <cstring>
#include <string>

#include "ir/float_view.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"
#include "passes/fuse/weighted.h"
#include "passes/legalize/layout.h"

namespace zeropoint::passes {
namespace {

struct Match {
  const Weighted* form;
  ir::NodeId before;          // the MUL, ADD or SUB
  ir::ValueId x;              // its other operand
  std::vector<float> values;  // of its constant: one, or one for each input channel
};

bool IsDense(const Weighted& form) { return form.op == "FULLY_CONNECTED"; }

std::optional<Match> FindMatch(const ir::Graph& graph, ir::NodeId id) {
  const Weighted* form = FindWeighted(graph.node(id).op());
  if (form == nullptr || form->op == "TRANSPOSE_CONV") return std::nullopt;
  const ir::ValueId in = graph.node(id).input(form->input), weights = graph.node(id).input(form->weights);
  const ir::NodeId before = graph.producer(in);
  if (before == ir::kNoNode || !IsConstant(graph, weights)) return std::nullopt;
  const ir::Node& node = graph.node(before);
  if (node.op() != "MUL" && node.op() != "ADD" && node.op() != "SUB") return std::nullopt;
  const bool may_stay = IsDense(*form) && node.op() == "ADD";
  if (!may_stay && SoleReader(graph, in) == ir::kNoNode) return std::nullopt;
  if (node.attrs().Int("fused_activation_function") != 0 || IsConstant(graph, node.input(0))) return std::nullopt;
  if (graph.value(weights).type != ElementType::kFloat32) return std::nullopt;
  // An ADD that broadcasts x to a larger shape cannot be taken away.
  const ir::Shape& shape = graph.value(in).shape;
  if (!shape.ranked() || graph.value(node.input(0)).shape != shape || shape.rank() < 1) return std::nullopt;

  const ir::ValueId constant = node.input(1);
  if (!IsConstant(graph, constant)) return std::nullopt;
  const int64_t depth = IsDense(*form) ? graph.value(weights).shape[form->depth_axis] : 1;
  const bool row = shape[shape.rank() - 1] == depth;  // one row of weights meets one row of x
  if (graph.value(constant).shape.NumElements() != 1 && !(IsDense(*form) && row)) return std::nullopt;
  auto values = PerChannel(graph, constant, depth);
  if (!values.has_value()) return std::nullopt;
  return Match{form, before, node.input(0), std::move(*values)};
}

// For each output channel, the sum over its weights times c.
std::vector<float> WeightsTimes(const ir::Graph& graph, ir::NodeId id, const Match& match) {
  const ir::ValueId weights = graph.node(id).input(match.form->weights);
  const ir::Shape& shape = graph.value(weights).shape;
  const ir::FloatView elements = *ir::FloatView::Of(graph, weights);
  const bool channels_last = match.form->channel_axis == shape.rank() - 1;
  const auto channels = static_cast<size_t>(shape[match.form->channel_axis]);
  const size_t per_channel = channels == 0 ? 0 : elements.size() / channels;
  std::vector<float> sums(channels, 0.0f);
  for (size_t channel = 0; channel < channels; ++channel) {
    for (size_t i = 0; i < per_channel; ++i) {
      const size_t at = channels_last ? i * channels + channel : channel * per_channel + i;
      sums[channel] += elements[at] * match.values[match.values.size() == 1 ? 0 : i];
    }
  }
  return sums;
}

bool FoldFactor(ir::Graph& graph, ir::NodeId id, const Match& match) {
  const int axis = IsDense(*match.form) ? match.form->depth_axis : match.form->channel_axis;
  ScaleWeights(graph, id, *match.form, axis, match.values);
  return true;
}

bool FoldTerm(ir::Graph& graph, ir::NodeId id, const Match& match, bool subtract) {
  auto bias = Bias(graph, graph.node(id), *match.form);
  if (!bias.has_value()) return false;
  const bool scalar = graph.value(graph.node(match.before).input(1)).shape.NumElements() == 1;
  if (bias->empty() && !(IsDense(*match.form) && scalar)) return false;
  if (!IsDense(*match.form) && graph.node(id).attrs().Int("padding") != kPaddingValid) return false;
  const std::vector<float> sums = WeightsTimes(graph, id, match);
  const ir::ValueId old = graph.node(id).input(match.form->bias);
  const std::string name = old != ir::kNoValue ? graph.value(old).name : graph.node(id).info.name + "/bias";
  bias->resize(std::max(bias->size(), old == ir::kNoValue ? sums.size() : 0), 0.0f);
  if (sums.size() != bias->size()) return false;
  for (size_t i = 0; i < sums.size(); ++i) (*bias)[i] += subtract ? -sums[i] : sums[i];
  SetBias(graph, id, *match.form, *bias, name);
  return true;
}

absl::StatusOr<bool> FuseOne(ir::Graph& graph, ir::NodeId id) {
  const std::optional<Match> match = FindMatch(graph, id);
  if (!match.has_value()) return false;
  const std::string op = graph.node(match->before).op();
  const bool folded = op == "MUL" ? FoldFactor(graph, id, *match) : FoldTerm(graph, id, *match, op == "SUB");
  if (!folded) return false;
  const ir::ValueId in = graph.node(id).input(match->form->input);
  graph.SetInput(id, match->form->input, match->x);
  if (graph.NumUses(in) == 0) graph.RemoveNode(match->before);
  return true;
}

}  // namespace

absl::StatusOr<int> FuseIntoNext(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return FindWeighted(node.op()) != nullptr; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return FuseOne(graph, id); });
}

}  // namespace zeropoint::passes
