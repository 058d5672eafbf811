// What STABLEHLO_GATHER and STABLEHLO_SCATTER share: a tensor of indices, one dimension of which holds the parts of one
// index; the others count the indices.
#ifndef ZEROPOINT_OPS_STABLEHLO_INDICES_H_
#define ZEROPOINT_OPS_STABLEHLO_INDICES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "ir/shape.h"
#include "ops/op_def.h"

namespace zeropoint::ops::stablehlo {

class IndexVectors {
 public:
  // `part_dimension` may be the number of dimensions: then each element is an index of one part.
  static absl::StatusOr<IndexVectors> Create(const TensorView& indices, int64_t part_dimension);

  int64_t count() const { return outer_ * inner_; }
  int64_t part(int64_t index, int64_t k) const {
    return parts_[static_cast<size_t>((index / inner_ * size_ + k) * inner_ + index % inner_)];
  }

 private:
  std::vector<int64_t> parts_;
  int64_t outer_ = 1, size_ = 1, inner_ = 1;  // dimensions before, of and after the parts
};

// The dimensions that count the indices; kInvalidArgument when an index has not `parts` parts.
absl::StatusOr<ir::Shape> IndexCounts(const ir::Shape& indices, int64_t part_dimension, int64_t parts);

// The dimensions of `rank` that are not in `named`, in order.
std::vector<int64_t> OtherDimensions(absl::Span<const int64_t> named, int rank);

// Where element `index`, counted row by row over dims[axes[0]], dims[axes[1]] ..., lies in a tensor with these strides.
int64_t OffsetAlong(int64_t index, absl::Span<const int64_t> dims, absl::Span<const int64_t> strides,
                    absl::Span<const int64_t> axes);

}  // namespace zeropoint::ops::stablehlo

#endif  // ZEROPOINT_OPS_STABLEHLO_INDICES_H_
