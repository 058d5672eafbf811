// STABLEHLO_RESHAPE: the same elements under the dimensions of the result tensor, which are said nowhere else.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

// What the result declares, its one unknown dimension filled in when the elements are counted.
absl::StatusOr<ir::Shape> ResultShape(const ir::Shape& from, ir::Shape to) {
  if (!to.ranked() || !from.IsStatic()) return to;
  int open = -1;
  int64_t known = 1;
  for (int i = 0; i < to.rank(); ++i) {
    if (to[i] != ir::kDynamic) {
      known *= to[i];
    } else if (open >= 0) {
      return to;
    } else {
      open = i;
    }
  }
  const int64_t have = from.NumElements();
  const bool fits = open < 0 ? known == have : known == 0 ? have == 0 : have % known == 0;
  if (!fits) {
    return absl::InvalidArgumentError(absl::StrCat("cannot reshape ", from.ToString(), " to ", to.ToString()));
  }
  if (open >= 0) to.set(open, known == 0 ? 0 : have / known);
  return to;
}

absl::Status Infer(InferContext& context) {
  ZP_ASSIGN_OR_RETURN(ir::Shape to, ResultShape(context.input_shape(0), context.output_shape(0)));
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloReshape() {
  OpDef def =
      stablehlo::Movement("STABLEHLO_RESHAPE", schema::BuiltinOperator_STABLEHLO_RESHAPE, {1, 1}, {}, Infer, EvalView);
  def.options = {};
  def.is_view = true;
  return def;
}

}  // namespace zeropoint::ops::records
