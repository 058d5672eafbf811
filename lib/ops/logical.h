// What LOGICAL_AND and LOGICAL_OR share.
#ifndef ZEROPOINT_OPS_LOGICAL_H_
#define ZEROPOINT_OPS_LOGICAL_H_

#include "ops/op_def.h"

namespace zeropoint::ops {

// A record with two broadcasting operands of bools and an options table without fields.
OpDef LogicalRecord(absl::string_view name, int32_t code, int options, absl::string_view tf, EvalFn eval);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_LOGICAL_H_
