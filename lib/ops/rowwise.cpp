#include "ops/rowwise.h"

#include "ops/elementwise.h"

namespace zeropoint::ops {

absl::Status InferRowwise(InferContext& context) {
  ZP_RETURN_IF_ERROR(InferUnary(context));
  const ir::Shape& shape = context.input_shape(0);
  if (shape.ranked() && shape.rank() == 0) return absl::InvalidArgumentError("the operand is a scalar, it has no rows");
  return absl::OkStatus();
}

Rows RowsOf(const TensorView& tensor) {
  const int64_t n = tensor.elements(), depth = tensor.dims.empty() ? 1 : tensor.dims.back();
  return Rows{depth == 0 ? 0 : static_cast<size_t>(n / depth), static_cast<size_t>(depth)};
}

absl::StatusOr<Rows> FloatRows(const EvalContext& context) {
  if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
  return RowsOf(context.inputs[0]);
}

}  // namespace zeropoint::ops
