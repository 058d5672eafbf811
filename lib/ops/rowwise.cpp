#include "ops/rowwise.h"

#include "ops/elementwise.h"

namespace zeropoint::ops {

absl::Status InferRowwise(InferContext& context) {
  ZP_RETURN_IF_ERROR(InferUnary(context));
  const ir::Shape& shape = context.input_shape(0);
  if (shape.ranked() && shape.rank() == 0) return absl::InvalidArgumentError("the operand is a scalar, it has no rows");
  return absl::OkStatus();
}

absl::StatusOr<Rows> FloatRows(const EvalContext& context) {
  const TensorView& x = context.inputs[0];
  if (x.type != ElementType::kFloat32) return NoKernelFor(x.type);
  const int64_t n = x.elements(), depth = x.dims.back();
  return Rows{depth == 0 ? 0 : static_cast<size_t>(n / depth), static_cast<size_t>(depth)};
}

}  // namespace zeropoint::ops
