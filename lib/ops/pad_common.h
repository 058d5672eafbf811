// What PAD, PADV2 and MIRROR_PAD share. Operand 1 has a row (before, after) for each dimension.
#ifndef ZEROPOINT_OPS_PAD_COMMON_H_
#define ZEROPOINT_OPS_PAD_COMMON_H_

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

absl::Status InferPadded(InferContext& context);

// Copies operand 0 into the middle of result 0 and writes `value`, one element of its type, around it.
absl::Status PadWith(const EvalContext& context, const void* value);

// The version of PAD and PADV2.
int PadVersion(const VersionContext& context);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_PAD_COMMON_H_
