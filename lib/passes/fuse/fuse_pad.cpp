// Before: CONV_2D(PAD(x, p), w, b) {padding = VALID}   (and DEPTHWISE_CONV_2D)
// After:  CONV_2D(x, w, b) {padding = SAME}
//
// Conditions: p constant, zero for batch and channels, and on each side of rows and columns what SAME pads for x's rows
// and columns, which are known; nothing else reads the PAD.
// Algebra: SAME pads with zeros too: to ceil(in / stride) results, the odd one after the end.
#include <algorithm>

#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"
#include "passes/legalize/layout.h"

namespace zeropoint::passes {
namespace {

struct Sides {
  int64_t before, after;
};

Sides SamePadding(int64_t in, int64_t stride, int64_t dilation, int64_t kernel) {
  const int64_t out = (in + stride - 1) / stride;
  const int64_t reach = (kernel - 1) * dilation + 1;
  const int64_t total = std::max<int64_t>((out - 1) * stride + reach - in, 0);
  return {total / 2, total - total / 2};
}

absl::StatusOr<bool> Fuse(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& attrs = graph.node(id).attrs();
  if (attrs.Int("padding") != kPaddingValid) return false;
  const ir::NodeId pad = SoleProducerOf(graph, graph.node(id).input(0), "PAD");
  if (pad == ir::kNoNode) return false;
  const ir::ValueId x = graph.node(pad).input(0);
  const auto amounts = ir::IntElements(graph, graph.node(pad).input(1));
  const ir::Shape& image = graph.value(x).shape;
  const ir::Shape& filter = graph.value(graph.node(id).input(1)).shape;
  if (!amounts.has_value() || amounts->size() != 8 || image.rank() != 4 || filter.rank() != 4) return false;
  const std::vector<int64_t>& p = *amounts;
  if (p[0] != 0 || p[1] != 0 || p[6] != 0 || p[7] != 0) return false;
  constexpr const char* kStrides[] = {"stride_h", "stride_w"};
  constexpr const char* kDilations[] = {"dilation_h_factor", "dilation_w_factor"};
  for (int i = 0; i < 2; ++i) {
    const int64_t in = image[1 + i], kernel = filter[1 + i], stride = attrs.Int(kStrides[i], 1);
    if (in == ir::kDynamic || kernel == ir::kDynamic || stride < 1) return false;
    const Sides same = SamePadding(in, stride, attrs.Int(kDilations[i], 1), kernel);
    if (p[static_cast<size_t>(2 + 2 * i)] != same.before || p[static_cast<size_t>(3 + 2 * i)] != same.after)
      return false;
  }
  graph.node(id).info.attrs.Set("padding", kPaddingSame);
  graph.SetInput(id, 0, x);
  graph.RemoveNode(pad);
  return true;
}

}  // namespace

absl::StatusOr<int> FusePad(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return node.op() == "CONV_2D" || node.op() == "DEPTHWISE_CONV_2D"; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return Fuse(graph, id); });
}

}  // namespace zeropoint::passes
