#include "ops/stablehlo_corner.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"

namespace zeropoint::ops::stablehlo {

absl::Status CheckBox(const InferContext& context, const ir::Shape& box, int first_index) {
  const ir::Shape& whole = context.input_shape(0);
  for (int64_t size : box.dims()) {
    if (size < ir::kDynamic) return absl::InvalidArgumentError(absl::StrCat("a box of size ", size));
  }
  if (!whole.ranked() || !box.ranked()) return absl::OkStatus();
  bool fits = whole.rank() == box.rank() && context.num_inputs() - first_index == whole.rank();
  for (int i = 0; fits && i < whole.rank(); ++i) {
    fits = whole[i] == ir::kDynamic || box[i] == ir::kDynamic || box[i] <= whole[i];
    const ir::Shape& index = context.input_shape(first_index + i);
    fits = fits && (!index.IsStatic() || index.NumElements() == 1);
  }
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("a box ", box.ToString(), " with ", context.num_inputs() - first_index,
                                                 " indices does not fit into ", whole.ToString()));
}

absl::StatusOr<int64_t> Corner(const EvalContext& context, absl::Span<const int64_t> box, int first_index) {
  const TensorView& whole = context.inputs[0];
  const ir::Dims strides = RowMajorStrides(whole.dims);
  int64_t corner = 0;
  for (size_t i = 0; i < box.size(); ++i) {
    ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> index,
                        ReadInts(context.inputs[static_cast<size_t>(first_index) + i]));
    if (index.size() != 1 || box[i] > whole.dims[i]) {
      return absl::InvalidArgumentError("the box does not fit into the operand");
    }
    corner += std::clamp<int64_t>(index[0], 0, whole.dims[i] - box[i]) * strides[i];
  }
  return corner;
}

}  // namespace zeropoint::ops::stablehlo
