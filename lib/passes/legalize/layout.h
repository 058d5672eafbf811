// TF's "data_format": where batch, rows, columns and channels stand in shapes and in per-dimension attributes.
#ifndef ZEROPOINT_PASSES_LEGALIZE_LAYOUT_H_
#define ZEROPOINT_PASSES_LEGALIZE_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace zeropoint::passes {

// LiteRT's schema::Padding.
inline constexpr int64_t kPaddingSame = 0;
inline constexpr int64_t kPaddingValid = 1;

// True for "NCHW": LiteRT has NHWC only, so such nodes stand between two TRANSPOSEs.
bool ChannelsFirst(const ir::Node& node);

// Entry for rows and columns of a list with one entry per dimension of the node's layout ("strides"); 1 when absent.
struct RowsAndColumns {
  int64_t rows = 1, columns = 1;
};
RowsAndColumns Spatial(const ir::Node& node, absl::string_view attribute);

// "explicit_paddings" as rows [top, bottom] and columns [left, right].
struct ExplicitPadding {
  int64_t top = 0, bottom = 0, left = 0, right = 0;
  bool zero() const { return top == 0 && bottom == 0 && left == 0 && right == 0; }
};
ExplicitPadding ExplicitPaddings(const ir::Node& node);

// The node's image operand in NHWC: itself, or TRANSPOSEd.
ir::ValueId ToChannelsLast(ir::Graph& graph, ir::NodeId node, ir::ValueId image);

// The last op of a legalized node, that gives NHWC: becomes the node itself, or is followed by the TRANSPOSE back to
// NCHW, which then becomes the node.
void BecomeInLayout(ir::Graph& graph, ir::NodeId node, absl::string_view op, std::vector<ir::ValueId> inputs,
                    ir::Attributes attrs, bool channels_first);

// PADs the NHWC image with zeros.
ir::ValueId EmitPad(ir::Graph& graph, ir::NodeId before, ir::ValueId image, const ExplicitPadding& padding);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_LEGALIZE_LAYOUT_H_
