// What SPLIT, SPLIT_V and UNPACK share: results that are consecutive parts of one operand along an axis.
#ifndef ZEROPOINT_OPS_SPLIT_COMMON_H_
#define ZEROPOINT_OPS_SPLIT_COMMON_H_

#include <optional>

#include "absl/types/span.h"
#include "base/status.h"
#include "ops/op_def.h"
#include "ops/tensor_view.h"

namespace zeropoint::ops {

// Part i of `from`, which begins where part i - 1 ends along the axis, goes to parts[i]. A part is as long as its share
// of the elements.
absl::Status CopyParts(const TensorView& from, int axis, absl::Span<const MutableView> parts);

// The axis that operand `i` holds, resolved; nothing when it is not known yet.
absl::StatusOr<std::optional<int>> AxisOperand(const InferContext& context, int i, int rank);
absl::StatusOr<int> AxisOperand(const TensorView& axis, int rank);

// --- SPLIT, SPLIT_V: the axis is an operand

// Gives all results the type and the rank of operand `data` and unknown dimensions. The axis that operand `axis` holds;
// nothing when it or the rank is not known yet, which leaves no more to infer.
absl::StatusOr<std::optional<int>> InferSplitAxis(InferContext& context, int data, int axis);
absl::Status EvalSplit(const EvalContext& context, int data, int axis);
// TF's number of results becomes an attribute.
absl::Status ImportSplit(ir::Graph& graph, ir::NodeId node);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_SPLIT_COMMON_H_
