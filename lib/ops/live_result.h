// Results whose shapes follow from the operands' elements, so that only the kernel may know them (WHERE, UNIQUE).
#ifndef ZEROPOINT_OPS_LIVE_RESULT_H_
#define ZEROPOINT_OPS_LIVE_RESULT_H_

#include "base/status.h"
#include "ir/shape.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// Result `i` in the shape that the kernel found: the memory that is there when `infer` had found it too, else what the
// runtime allocates now. kUnimplemented where there is no runtime.
absl::StatusOr<MutableView> LiveResult(const EvalContext& context, int i, ElementType type, const ir::Shape& shape);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_LIVE_RESULT_H_
