// Ops that work on each row (the last dimension) of one float operand.
#ifndef ZEROPOINT_OPS_ROWWISE_H_
#define ZEROPOINT_OPS_ROWWISE_H_

#include <cstddef>

#include "ops/op_def.h"

namespace zeropoint::ops {

// infer: the result is like the operand, which has at least one dimension.
absl::Status InferRowwise(InferContext& context);

struct Rows {
  size_t rows, depth;
};
Rows RowsOf(const TensorView& tensor);
// kUnimplemented unless the operand is float32.
absl::StatusOr<Rows> FloatRows(const EvalContext& context);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_ROWWISE_H_
