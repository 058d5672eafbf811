// What ops that move elements without computing on them share: axes, index operands, strided copies, common
// quantization.
#ifndef ZEROPOINT_OPS_DATA_MOVEMENT_H_
#define ZEROPOINT_OPS_DATA_MOVEMENT_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "ir/graph.h"
#include "ir/shape.h"
#include "ops/op_def.h"
#include "ops/tensor_view.h"

namespace zeropoint::ops {

// Counts an axis from the end when negative; kInvalidArgument when it is outside [-rank, rank).
absl::StatusOr<int> ResolveAxis(int64_t axis, int rank);

// Elements of an integer or bool tensor at run time; kInvalidArgument for another type.
absl::StatusOr<std::vector<int64_t>> ReadInts(const TensorView& tensor);

// Bytes of one element; kUnimplemented for types that are not stored in whole bytes.
absl::StatusOr<size_t> ElementBytes(ElementType type);

// Distance of neighbours along each dimension of a dense tensor, in elements.
ir::Dims RowMajorStrides(absl::Span<const int64_t> dims);

// Product of dims[begin, end).
int64_t Product(absl::Span<const int64_t> dims, int begin, int end);

// to[i0 * to_strides[0] + ...] = from[i0 * from_strides[0] + ...] for every index below `dims`. Strides are in elements
// and may be zero or negative. The memories must not overlap.
void CopyStrided(absl::Span<const int64_t> dims, size_t element_bytes, const void* from,
                 absl::Span<const int64_t> from_strides, void* to, absl::Span<const int64_t> to_strides);

// to[i0, ...] = from[corner + i0 * from_strides[0] + ...], in elements, for every index of the result.
absl::Status ReadStrided(const TensorView& from, int64_t corner, absl::Span<const int64_t> from_strides,
                         const MutableView& to);

// Writes `count` copies of one element.
void FillElements(void* to, const void* element, size_t element_bytes, int64_t count);

// A shape of `rank` unknown dimensions, or unranked when `rank` is negative.
ir::Shape UnknownShape(int64_t rank);
// The number of elements of an operand of rank 1 (a shape, a permutation), or kDynamic.
int64_t VectorLength(const ir::Shape& shape);

// The shape that operand `i` spells out, its unknown elements kDynamic; kInvalidArgument for a negative size.
absl::StatusOr<ir::Shape> ShapeFromInts(const InferContext& context, int i);

// eval of views: the same bytes, copied unless the engine shares the memory.
absl::Status EvalView(const EvalContext& context);

// The quantization of ops whose results hold elements of operand `data`: one scale for all of them.
QuantSpec MovesData(std::initializer_list<OperandSpec> inputs, int data = 0);

// --- TensorFlow forms

// The operand of a TF node that becomes an attribute; kUnimplemented naming it when it is not a constant.
absl::StatusOr<int64_t> ConstantOperand(const ir::Graph& graph, const ir::Node& node, int operand,
                                        absl::string_view name);
// The node without its last operand.
void DropLastInput(ir::Graph& graph, ir::NodeId node);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_DATA_MOVEMENT_H_
