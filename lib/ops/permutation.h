// What TRANSPOSE and StableHLO's form of it share: dimension i of the result is dimension permutation[i] of operand 0.
#ifndef ZEROPOINT_OPS_PERMUTATION_H_
#define ZEROPOINT_OPS_PERMUTATION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// kInvalidArgument, here and below, when it is no permutation of the operand's dimensions.
absl::Status InferPermuted(InferContext& context, absl::Span<const int64_t> permutation);
absl::Status EvalPermuted(const EvalContext& context, absl::Span<const int64_t> permutation);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_PERMUTATION_H_
