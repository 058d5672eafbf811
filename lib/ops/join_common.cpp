#include "ops/join_common.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"

namespace zeropoint::ops {

bool MergeShape(const ir::Shape& part, int except, ir::Shape& known) {
  if (part.rank() != known.rank()) return false;
  for (int d = 0; d < known.rank(); ++d) {
    if (d == except || part[d] == ir::kDynamic) continue;
    if (known[d] == ir::kDynamic) known.set(d, part[d]);
    if (known[d] != part[d]) return false;
  }
  return true;
}

absl::Status InferConcatenated(InferContext& context, int64_t axis_or_negative) {
  ir::Shape to = ir::Shape::Unranked();
  int axis = 0;
  int64_t length = 0;  // along the axis
  for (int i = 0; i < context.num_inputs(); ++i) {
    const ir::Shape& part = context.input_shape(i);
    if (!part.ranked()) {
      length = ir::kDynamic;
      continue;
    }
    if (!to.ranked()) {
      ZP_ASSIGN_OR_RETURN(axis, ResolveAxis(axis_or_negative, part.rank()));
      to = part;
    }
    if (!MergeShape(part, axis, to)) {
      return absl::InvalidArgumentError(absl::StrCat("operand ", i, " of shape ", part.ToString(),
                                                     " does not fit beside ", to.ToString(), " along axis ", axis));
    }
    length = length == ir::kDynamic || part[axis] == ir::kDynamic ? ir::kDynamic : length + part[axis];
  }
  if (to.ranked()) to.set(axis, length);
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status EvalJoin(const EvalContext& context) { return EvalJoinAlong(context, context.attrs.Int("axis")); }

absl::Status EvalJoinAlong(const EvalContext& context, int64_t axis_or_negative) {
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(axis_or_negative, to.rank()));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  const int64_t outer = Product(to.dims, 0, axis);
  const size_t row = static_cast<size_t>(Product(to.dims, axis, to.rank())) * width;
  uint8_t* start = to.As<uint8_t>();
  for (const TensorView& part : context.inputs) {
    if (part.bytes() == 0) continue;
    const size_t chunk = part.bytes() / static_cast<size_t>(outer);
    const uint8_t* from = part.As<uint8_t>();
    for (int64_t i = 0; i < outer; ++i) {
      CopyBytes(start + static_cast<size_t>(i) * row, from + static_cast<size_t>(i) * chunk, chunk);
    }
    start += chunk;
  }
  return absl::OkStatus();
}

QuantSpec JoinQuantization() {
  QuantSpec spec = MovesData({OperandSpec::Activation()}, -1);
  spec.int16_operands_like_result = true;
  return spec;
}

}  // namespace zeropoint::ops
