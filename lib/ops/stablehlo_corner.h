// What STABLEHLO_DYNAMIC_SLICE and STABLEHLO_DYNAMIC_UPDATE_SLICE share: a box inside operand 0, whose corner is
// spelled out by the operands from `first_index` on, one scalar for a dimension.
#ifndef ZEROPOINT_OPS_STABLEHLO_CORNER_H_
#define ZEROPOINT_OPS_STABLEHLO_CORNER_H_

#include <cstdint>

#include "absl/types/span.h"
#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops::stablehlo {

// kInvalidArgument when the box is larger than operand 0 or the corner lacks an index.
absl::Status CheckBox(const InferContext& context, const ir::Shape& box, int first_index);

// The offset in elements of the corner, moved so that the box lies inside.
absl::StatusOr<int64_t> Corner(const EvalContext& context, absl::Span<const int64_t> box, int first_index);

}  // namespace zeropoint::ops::stablehlo

#endif  // ZEROPOINT_OPS_STABLEHLO_CORNER_H_
