#include "ops/live_result.h"

#include "absl/strings/str_cat.h"

namespace zeropoint::ops {

absl::StatusOr<MutableView> LiveResult(const EvalContext& context, int i, ElementType type, const ir::Shape& shape) {
  const MutableView& planned = context.outputs[static_cast<size_t>(i)];
  if (planned.data != nullptr && planned.dims == shape.dims()) return planned;
  if (context.runtime != nullptr) return context.runtime->ResizeOutput(i, type, shape);
  return absl::UnimplementedError(absl::StrCat("the result's shape, ", shape.ToString(), ", is known only in a run"));
}

}  // namespace zeropoint::ops
