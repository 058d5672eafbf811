// What ARG_MAX and ARG_MIN share: the position of an extreme along an axis (operand 1), the first of equals.
#ifndef ZEROPOINT_OPS_ARG_COMMON_H_
#define ZEROPOINT_OPS_ARG_COMMON_H_

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// The usual record; the options table and eval, which calls EvalArg, are the op's own.
OpDef ArgRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);

absl::Status EvalArg(const EvalContext& context, bool largest);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_ARG_COMMON_H_
