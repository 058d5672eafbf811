#include "ops/pad_common.h"

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"

namespace zeropoint::ops {

absl::Status InferPadded(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  auto paddings = context.input_ints(1);
  if (!from.ranked() || !paddings) {
    const ir::Shape& rows = context.input_shape(1);
    const int64_t rank = from.ranked() ? from.rank() : rows.ranked() && rows.rank() == 2 ? rows[0] : -1;
    context.set_output(0, context.input_type(0), UnknownShape(rank));
    return absl::OkStatus();
  }
  if (paddings->size() != 2 * static_cast<size_t>(from.rank())) {
    return absl::InvalidArgumentError(
        absl::StrCat(paddings->size(), " paddings for a tensor of shape ", from.ToString()));
  }
  ir::Shape to = from;
  for (int i = 0; i < from.rank(); ++i) {
    const int64_t before = (*paddings)[2 * static_cast<size_t>(i)], after = (*paddings)[2 * static_cast<size_t>(i) + 1];
    const bool unknown = !context.input_ints_complete(1) && (before == ir::kDynamic || after == ir::kDynamic);
    if (!unknown && (before < 0 || after < 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("padding (", before, ",", after, ") of dimension ", i, " is negative"));
    }
    to.set(i, unknown || from[i] == ir::kDynamic ? ir::kDynamic : before + from[i] + after);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status PadWith(const EvalContext& context, const void* value) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> paddings, ReadInts(context.inputs[1]));
  const ir::Dims to_strides = RowMajorStrides(to.dims);
  int64_t corner = 0;
  for (size_t i = 0; i < to.dims.size(); ++i) corner += paddings[2 * i] * to_strides[i];
  FillElements(to.data, value, width, to.elements());
  CopyStrided(from.dims, width, from.data, RowMajorStrides(from.dims),
              to.As<uint8_t>() + static_cast<size_t>(corner) * width, to_strides);
  return absl::OkStatus();
}

int PadVersion(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kBool) return 5;
  if (context.input_shape(0).rank() > 4) return 4;
  if (context.input_type(0) == ElementType::kInt16) return 3;
  return context.input_type(0) == ElementType::kInt8 ? 2 : 1;
}

}  // namespace zeropoint::ops
