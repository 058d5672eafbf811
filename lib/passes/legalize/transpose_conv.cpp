// Before: y = tf.Conv2DBackpropInput(input_sizes, filter[H,W,O,I], x) {strides, padding, data_format}
// After:  y = TRANSPOSE_CONV(input_sizes, TRANSPOSE(filter) [O,H,W,I], x), without bias
//
// Conditions: no dilation, padding SAME or VALID. NCHW: x between TRANSPOSEs, the sizes reordered by GATHER.
// Algebra: both compute the gradient of a convolution with respect to its image; only the filter's layout differs.
#include "absl/strings/str_cat.h"
#include "passes/edit.h"
#include "passes/legalize/layout.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> TransposeConv(ir::Graph& graph, ir::NodeId id) {
  const std::string padding = graph.node(id).attrs().String("padding", "SAME");
  const RowsAndColumns strides = Spatial(graph.node(id), "strides"), dilations = Spatial(graph.node(id), "dilations");
  if (padding != "SAME" && padding != "VALID") return false;
  if (dilations.rows != 1 || dilations.columns != 1) return false;
  const bool channels_first = ChannelsFirst(graph.node(id));
  ir::ValueId sizes = graph.node(id).input(0), filter = graph.node(id).input(1);
  ir::ValueId image = ToChannelsLast(graph, id, graph.node(id).input(2));
  if (channels_first) {
    ir::ValueId order = AddInts(graph, absl::StrCat(graph.node(id).info.name, "/order"), {0, 2, 3, 1});
    sizes = Emit(graph, id, "GATHER", {sizes, order}, Attrs({{"axis", int64_t{0}}, {"batch_dims", int64_t{0}}}));
  }
  ir::ValueId weights = EmitTranspose(graph, id, filter, {2, 0, 1, 3});
  BecomeInLayout(graph, id, "TRANSPOSE_CONV", {sizes, weights, image},
                 Attrs({{"padding", padding == "SAME" ? kPaddingSame : kPaddingValid},
                        {"stride_h", strides.rows},
                        {"stride_w", strides.columns},
                        {"fused_activation_function", int64_t{0}}}),
                 channels_first);
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeTransposeConv(ir::Graph& graph) {
  return RewriteEach(graph, "tf.Conv2DBackpropInput", [&](ir::NodeId id) { return TransposeConv(graph, id); });
}

}  // namespace zeropoint::passes
