// What MAXIMUM and MINIMUM share.
#ifndef ZEROPOINT_OPS_EXTREMUM_H_
#define ZEROPOINT_OPS_EXTREMUM_H_

#include "ops/op_def.h"

namespace zeropoint::ops {

// The whole record; eval is the op's own.
OpDef ExtremumRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_EXTREMUM_H_
