#include "ops/stablehlo_indices.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/infer.h"

namespace zeropoint::ops::stablehlo {

absl::StatusOr<IndexVectors> IndexVectors::Create(const TensorView& indices, int64_t part_dimension) {
  if (part_dimension < 0 || part_dimension > indices.rank()) {
    return absl::InvalidArgumentError(absl::StrCat("indices have no dimension ", part_dimension));
  }
  IndexVectors vectors;
  ZP_ASSIGN_OR_RETURN(vectors.parts_, ReadInts(indices));
  const int at = static_cast<int>(part_dimension);
  vectors.outer_ = Product(indices.dims, 0, at);
  if (at < indices.rank()) {
    vectors.size_ = indices.dim(at);
    vectors.inner_ = Product(indices.dims, at + 1, indices.rank());
  }
  return vectors;
}

absl::StatusOr<ir::Shape> IndexCounts(const ir::Shape& indices, int64_t part_dimension, int64_t parts) {
  if (part_dimension < 0 || part_dimension > indices.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat("indices ", indices.ToString(), " have no dimension ", part_dimension));
  }
  ir::Shape counts;
  int64_t held = 1;
  for (int i = 0; i < indices.rank(); ++i) {
    if (i == part_dimension)
      held = indices[i];
    else
      counts.Append(indices[i]);
  }
  if (Compatible(held, parts)) return counts;
  return absl::InvalidArgumentError(absl::StrCat("an index has ", held, " parts, not ", parts));
}

std::vector<int64_t> OtherDimensions(absl::Span<const int64_t> named, int rank) {
  std::vector<int64_t> others;
  for (int64_t i = 0; i < rank; ++i) {
    if (std::find(named.begin(), named.end(), i) == named.end()) others.push_back(i);
  }
  return others;
}

int64_t OffsetAlong(int64_t index, absl::Span<const int64_t> dims, absl::Span<const int64_t> strides,
                    absl::Span<const int64_t> axes) {
  int64_t offset = 0;
  for (size_t i = axes.size(); i-- > 0;) {
    const size_t axis = static_cast<size_t>(axes[i]);
    offset += index % dims[axis] * strides[axis];
    index /= dims[axis];
  }
  return offset;
}

}  // namespace zeropoint::ops::stablehlo
