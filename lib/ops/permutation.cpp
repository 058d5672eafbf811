#include "ops/permutation.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"

namespace zeropoint::ops {
namespace {

absl::Status CheckPermutation(absl::Span<const int64_t> permutation, int rank) {
  std::vector<bool> seen(static_cast<size_t>(rank));
  bool good = permutation.size() == seen.size();
  for (size_t i = 0; good && i < permutation.size(); ++i) {
    good = permutation[i] >= 0 && permutation[i] < rank && !seen[static_cast<size_t>(permutation[i])];
    if (good) seen[static_cast<size_t>(permutation[i])] = true;
  }
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("this is not a permutation of ", rank, " dimensions"));
}

}  // namespace

absl::Status InferPermuted(InferContext& context, absl::Span<const int64_t> permutation) {
  const ir::Shape& from = context.input_shape(0);
  ir::Shape to = UnknownShape(static_cast<int64_t>(permutation.size()));
  if (from.ranked()) {
    ZP_RETURN_IF_ERROR(CheckPermutation(permutation, from.rank()));
    for (int i = 0; i < to.rank(); ++i) to.set(i, from[static_cast<int>(permutation[static_cast<size_t>(i)])]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status EvalPermuted(const EvalContext& context, absl::Span<const int64_t> permutation) {
  const TensorView& from = context.inputs[0];
  ZP_RETURN_IF_ERROR(CheckPermutation(permutation, from.rank()));
  const ir::Dims strides = RowMajorStrides(from.dims);
  ir::Dims permuted;
  for (int64_t axis : permutation) permuted.push_back(strides[static_cast<size_t>(axis)]);
  return ReadStrided(from, /*corner=*/0, permuted, context.outputs[0]);
}

}  // namespace zeropoint::ops
