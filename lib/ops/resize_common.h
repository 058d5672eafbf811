// What RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR share: NHWC operands, a size operand, two conventions of where a
// pixel's centre lies.
#ifndef ZEROPOINT_OPS_RESIZE_COMMON_H_
#define ZEROPOINT_OPS_RESIZE_COMMON_H_

#include <cstdint>

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// Checks rank and size operand; the result has the operand's type.
absl::Status InferResize(InferContext& context);

// TF's attributes are LiteRT's.
absl::Status ImportResize(ir::Graph& graph, ir::NodeId node);

// Distance in the operand between neighbours of the result.
float ResizeScale(int64_t from, int64_t to, bool align_corners);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_RESIZE_COMMON_H_
