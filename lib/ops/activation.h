// The fused activation of an op: the attribute "fused_activation_function" as the interval it clamps to.
#ifndef ZEROPOINT_OPS_ACTIVATION_H_
#define ZEROPOINT_OPS_ACTIVATION_H_

#include "base/status.h"
#include "ir/attributes.h"
#include "kernels/clamp.h"

namespace zeropoint::ops {

inline constexpr char kFusedActivation[] = "fused_activation_function";

// NONE is the whole line. kUnimplemented for activations that do not clamp.
absl::StatusOr<kernels::Clamp> FusedClamp(const ir::Attributes& attrs);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_ACTIVATION_H_
