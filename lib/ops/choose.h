// What SELECT and SELECT_V2 share: elements of the second operand where the first is true, else of the third.
#ifndef ZEROPOINT_OPS_CHOOSE_H_
#define ZEROPOINT_OPS_CHOOSE_H_

#include "absl/types/span.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// The usual record; infer and eval are the op's own.
OpDef ChooseRecord(absl::string_view name, int32_t code, absl::string_view tf, InferFn infer, EvalFn eval);

// kInvalidArgument unless there are a bool condition and two operands of one type.
absl::Status CheckChoose(const InferContext& context);

// For elements of 1, 4 and 8 bytes; `condition` are the dimensions that the condition is read with.
absl::Status EvalChoose(const EvalContext& context, absl::Span<const int64_t> condition);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_CHOOSE_H_
