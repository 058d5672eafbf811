// Before: y = tf.Conv2D(x, filter[H,W,I,O]) {strides, dilations, padding, explicit_paddings, data_format}
// After:  y = CONV_2D(x, TRANSPOSE(filter) [O,H,W,I], zeros[O])
//         padding EXPLICIT: CONV_2D of PAD(x), VALID; data_format NCHW: between TRANSPOSEs.
//
// Before: y = tf.DepthwiseConv2dNative(x, filter[H,W,C,M])
// After:  y = DEPTHWISE_CONV_2D(x, RESHAPE(filter) [1,H,W,C*M], zeros[C*M]) {depth_multiplier = M}
//
// Conditions: the filter's shape is known (its values need not be; folding makes a constant filter constant again).
// Algebra: element (h,w,c,m) of the depthwise filter makes output channel c*M + m, which is its row-major position in
// [1,H,W,C*M] already. The zero bias adds nothing; it is there because LiteRT's integer kernels want one.
// Grouped convolution: LiteRT tells the groups from the filter's I, as TF does.
#include "absl/strings/str_cat.h"
#include "passes/edit.h"
#include "passes/legalize/layout.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

ir::ValueId ZeroBias(ir::Graph& graph, ir::NodeId node, int64_t channels) {
  std::vector<float> zeros(static_cast<size_t>(channels), 0.0f);
  return AddFloats(graph, absl::StrCat(graph.node(node).info.name, "/bias"), ir::Shape{channels}, zeros);
}

// The node's operand, strides, dilations and padding in LiteRT's terms.
struct Window {
  ir::ValueId image;
  ir::Attributes attrs;
};

absl::StatusOr<Window> ImportWindow(ir::Graph& graph, ir::NodeId id) {
  const std::string padding = graph.node(id).attrs().String("padding", "SAME");
  const RowsAndColumns strides = Spatial(graph.node(id), "strides"), dilations = Spatial(graph.node(id), "dilations");
  const ExplicitPadding explicit_padding = ExplicitPaddings(graph.node(id));
  Window window;
  window.image = ToChannelsLast(graph, id, graph.node(id).input(0));
  if (padding == "EXPLICIT" && !explicit_padding.zero()) {
    window.image = EmitPad(graph, id, window.image, explicit_padding);
  } else if (padding != "SAME" && padding != "VALID" && padding != "EXPLICIT") {
    return absl::InvalidArgumentError(absl::StrCat("padding \"", padding, "\""));
  }
  window.attrs = Attrs({{"padding", padding == "SAME" ? kPaddingSame : kPaddingValid},
                        {"stride_h", strides.rows},
                        {"stride_w", strides.columns},
                        {"dilation_h_factor", dilations.rows},
                        {"dilation_w_factor", dilations.columns},
                        {"fused_activation_function", int64_t{0}}});
  return window;
}

// A filter of rank 4 whose dimensions are known.
absl::StatusOr<bool> FilterKnown(const ir::Graph& graph, ir::NodeId id) {
  const ir::Shape& filter = graph.value(graph.node(id).input(1)).shape;
  if (!filter.ranked() || !filter.IsStatic()) return false;
  if (filter.rank() != 4) return absl::InvalidArgumentError(absl::StrCat("filter of shape ", filter.ToString()));
  return true;
}

absl::StatusOr<bool> Conv2D(ir::Graph& graph, ir::NodeId id) {
  ZP_ASSIGN_OR_RETURN(bool known, FilterKnown(graph, id));
  if (!known) return false;
  const bool channels_first = ChannelsFirst(graph.node(id));
  ir::ValueId filter = graph.node(id).input(1);
  ZP_ASSIGN_OR_RETURN(Window window, ImportWindow(graph, id));
  ir::ValueId bias = ZeroBias(graph, id, graph.value(filter).shape[3]);
  ir::ValueId weights = EmitTranspose(graph, id, filter, {3, 0, 1, 2});
  BecomeInLayout(graph, id, "CONV_2D", {window.image, weights, bias}, std::move(window.attrs), channels_first);
  return true;
}

absl::StatusOr<bool> DepthwiseConv2D(ir::Graph& graph, ir::NodeId id) {
  ZP_ASSIGN_OR_RETURN(bool known, FilterKnown(graph, id));
  if (!known) return false;
  const bool channels_first = ChannelsFirst(graph.node(id));
  ir::ValueId filter = graph.node(id).input(1);
  const ir::Shape shape = graph.value(filter).shape;
  ZP_ASSIGN_OR_RETURN(Window window, ImportWindow(graph, id));
  ir::ValueId bias = ZeroBias(graph, id, shape[2] * shape[3]);
  ir::ValueId weights = EmitReshape(graph, id, filter, {1, shape[0], shape[1], shape[2] * shape[3]});
  window.attrs.Set("depth_multiplier", shape[3]);
  BecomeInLayout(graph, id, "DEPTHWISE_CONV_2D", {window.image, weights, bias}, std::move(window.attrs),
                 channels_first);
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeConv2D(ir::Graph& graph) {
  return RewriteEach(graph, "tf.Conv2D", [&](ir::NodeId id) { return Conv2D(graph, id); });
}

absl::StatusOr<int> LegalizeDepthwiseConv2D(ir::Graph& graph) {
  return RewriteEach(graph, "tf.DepthwiseConv2dNative", [&](ir::NodeId id) { return DepthwiseConv2D(graph, id); });
}

}  // namespace zeropoint::passes
