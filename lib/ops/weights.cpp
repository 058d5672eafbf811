#include "ops/weights.h"

#include "absl/strings/str_cat.h"

namespace zeropoint::ops {

absl::Status CheckFloats(const EvalContext& context) {
  for (const TensorView& input : context.inputs) {
    if (input.data != nullptr && input.type != ElementType::kFloat32) {
      return absl::UnimplementedError(absl::StrCat("the op has no kernel for ", Name(input.type)));
    }
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
