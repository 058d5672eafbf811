// Checks and small shape rules that infer functions share.
#ifndef ZEROPOINT_OPS_INFER_H_
#define ZEROPOINT_OPS_INFER_H_

#include <initializer_list>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "ir/shape.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// kInvalidArgument unless the node has between `min` and `max` operands, the first `min` of them present, and `outputs`
// results.
absl::Status CheckArity(const InferContext& context, int min, int max, int outputs = 1);

// kInvalidArgument unless operand `i` has one of the types.
absl::Status CheckType(const InferContext& context, int i, std::initializer_list<ElementType> allowed);

// The operand may be stored as any integer or float type that real values have in a LiteRT file.
absl::Status CheckReal(const InferContext& context, int i);

// kInvalidArgument when operand `i` has a known rank other than `rank`.
absl::Status CheckRank(const InferContext& context, int i, int rank, absl::string_view what);

// Two dimensions that must be equal: true unless both are known and differ.
inline bool Compatible(int64_t a, int64_t b) { return a == ir::kDynamic || b == ir::kDynamic || a == b; }
// The known one of two compatible dimensions.
inline int64_t Known(int64_t a, int64_t b) { return a == ir::kDynamic ? b : a; }

// numpy's broadcasting; unranked when an operand is. An unknown dimension beside a 1 or an unknown one stays unknown.
absl::StatusOr<ir::Shape> BroadcastShape(const ir::Shape& a, const ir::Shape& b);

// infer of ops with one real operand whose result has the same type and shape.
absl::Status InferUnary(InferContext& context);
// infer of ops with two operands of one type: the result has that type and the broadcast shape.
absl::Status InferBinary(InferContext& context);
// The same with a bool result.
absl::Status InferComparison(InferContext& context);

// An axis counted from the end when negative; kInvalidArgument when it is outside [-rank, rank).
absl::StatusOr<int> NormalizeAxis(int64_t axis, int rank);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_INFER_H_
