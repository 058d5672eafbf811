// Parts of a tensor: how a checkpoint names them, and copying between a part and the whole.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_TENSOR_SLICE_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_TENSOR_SLICE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "formats/saved_model/tensor_bundle.h"
#include "ir/shape.h"

namespace zeropoint::formats::saved_model {

// The key of the entry that holds one part of tensor `name`.
std::string SliceKey(absl::string_view name, const TensorSlice& slice);

struct ShapeAndSlice {
  ir::Shape shape;
  TensorSlice slice;
};
// "8 4 0,4:-". kInvalidArgument for any other text.
absl::StatusOr<ShapeAndSlice> ParseShapeAndSlice(absl::string_view text);

// The shape of a part; kInvalidArgument when it does not lie inside `whole`.
absl::StatusOr<ir::Shape> SliceShape(const ir::Shape& whole, const TensorSlice& slice);

// Copies the part's elements into their place in the whole. Sizes must match the shapes; the slice must lie inside.
void InsertSlice(const ir::Shape& whole, const TensorSlice& slice, size_t element_size, absl::Span<const uint8_t> part,
                 absl::Span<uint8_t> into);
// The other way round.
void ExtractSlice(const ir::Shape& whole, const TensorSlice& slice, size_t element_size, absl::Span<const uint8_t> from,
                  absl::Span<uint8_t> part);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_TENSOR_SLICE_H_
