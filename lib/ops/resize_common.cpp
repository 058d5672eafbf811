#include "ops/resize_common.h"

#include "absl/strings/str_cat.h"

namespace zeropoint::ops {

absl::Status InferResize(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  if (from.ranked() && from.rank() != 4) {
    return absl::InvalidArgumentError(absl::StrCat("images of shape ", from.ToString(), " are not of rank 4"));
  }
  ir::Shape to = {ir::kDynamic, ir::kDynamic, ir::kDynamic, ir::kDynamic};
  if (from.ranked()) {
    if (from[1] == 0 || from[2] == 0) {
      return absl::InvalidArgumentError(absl::StrCat("images of shape ", from.ToString(), " have no pixels"));
    }
    to.set(0, from[0]);
    to.set(3, from[3]);
  }
  if (auto size = context.input_ints(1)) {
    if (size->size() != 2) return absl::InvalidArgumentError(absl::StrCat("a size of ", size->size(), " elements"));
    for (int i = 0; i < 2; ++i) {
      const int64_t length = (*size)[static_cast<size_t>(i)];
      const bool unknown = length == ir::kDynamic && !context.input_ints_complete(1);
      if (!unknown && length <= 0) return absl::InvalidArgumentError(absl::StrCat("cannot resize to ", length));
      to.set(1 + i, length);
    }
  }
  if (context.attrs().Bool("align_corners") && context.attrs().Bool("half_pixel_centers")) {
    return absl::InvalidArgumentError("align_corners and half_pixel_centers exclude each other");
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status ImportResize(ir::Graph& graph, ir::NodeId node) {
  const ir::Attributes& from = graph.node(node).attrs();
  ir::Attributes attrs;
  attrs.Set("align_corners", from.Bool("align_corners"));
  attrs.Set("half_pixel_centers", from.Bool("half_pixel_centers"));
  graph.node(node).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

float ResizeScale(int64_t from, int64_t to, bool align_corners) {
  if (align_corners && to > 1) return static_cast<float>(from - 1) / static_cast<float>(to - 1);
  return static_cast<float>(from) / static_cast<float>(to);
}

}  // namespace zeropoint::ops
