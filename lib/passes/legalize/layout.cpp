// TF's "data_format": where batch, rows, columns and channels stand in shapes and in per-dimension attributes.
#include "passes/legalize/layout.h"

#include "absl/strings/str_cat.h"
#include "passes/edit.h"

namespace zeropoint::passes {

bool ChannelsFirst(const ir::Node& node) { return node.attrs().String("data_format", "NHWC") == "NCHW"; }

RowsAndColumns Spatial(const ir::Node& node, absl::string_view attribute) {
  std::vector<int64_t> entries = node.attrs().Ints(attribute);
  if (entries.size() != 4) return {};
  size_t rows = ChannelsFirst(node) ? 2 : 1;
  return {entries[rows], entries[rows + 1]};
}

ExplicitPadding ExplicitPaddings(const ir::Node& node) {
  std::vector<int64_t> entries = node.attrs().Ints("explicit_paddings");
  if (entries.size() != 8) return {};
  size_t rows = ChannelsFirst(node) ? 4 : 2;
  return {entries[rows], entries[rows + 1], entries[rows + 2], entries[rows + 3]};
}

ir::ValueId ToChannelsLast(ir::Graph& graph, ir::NodeId node, ir::ValueId image) {
  if (!ChannelsFirst(graph.node(node))) return image;
  return EmitTranspose(graph, node, image, {0, 2, 3, 1});
}

void BecomeInLayout(ir::Graph& graph, ir::NodeId node, absl::string_view op, std::vector<ir::ValueId> inputs,
                    ir::Attributes attrs, bool channels_first) {
  if (!channels_first) {
    Become(graph, node, op, std::move(inputs), std::move(attrs));
    return;
  }
  ElementType type = graph.value(graph.node(node).output()).type;
  ir::ValueId result = Emit(graph, node, op, std::move(inputs), std::move(attrs), type);
  ir::ValueId perm = AddInts(graph, absl::StrCat(graph.node(node).info.name, "/perm"), {0, 3, 1, 2});
  Become(graph, node, "TRANSPOSE", {result, perm});
}

ir::ValueId EmitPad(ir::Graph& graph, ir::NodeId before, ir::ValueId image, const ExplicitPadding& p) {
  std::vector<int32_t> amounts = {0,
                                  0,
                                  static_cast<int32_t>(p.top),
                                  static_cast<int32_t>(p.bottom),
                                  static_cast<int32_t>(p.left),
                                  static_cast<int32_t>(p.right),
                                  0,
                                  0};
  ir::ValueId paddings = graph.AddConstant(absl::StrCat(graph.node(before).info.name, "/paddings"), ir::Shape{4, 2},
                                           absl::Span<const int32_t>(amounts));
  return Emit(graph, before, "PAD", {image, paddings});
}

}  // namespace zeropoint::passes
