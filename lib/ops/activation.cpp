#include "ops/activation.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {

absl::StatusOr<kernels::Clamp> FusedClamp(const ir::Attributes& attrs) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const int64_t code = attrs.Int(kFusedActivation);
  if (code == schema::ActivationFunctionType_NONE) return kernels::Clamp{-kInfinity, kInfinity};
  if (code == schema::ActivationFunctionType_RELU) return kernels::Clamp{0.0f, kInfinity};
  if (code == schema::ActivationFunctionType_RELU_N1_TO_1) return kernels::Clamp{-1.0f, 1.0f};
  if (code == schema::ActivationFunctionType_RELU6) return kernels::Clamp{0.0f, 6.0f};
  return absl::UnimplementedError(absl::StrCat("no kernel applies fused activation ", code));
}

}  // namespace zeropoint::ops
