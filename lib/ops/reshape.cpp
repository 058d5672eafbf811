// RESHAPE: the same elements under other dimensions; one -1 in the shape operand takes what is left.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// Fills in the one unknown dimension when the others and the number of elements are known.
absl::Status Complete(const ir::Shape& from, ir::Shape& to) {
  int open = -1;
  int64_t known = 1;
  for (int i = 0; i < to.rank(); ++i) {
    if (to[i] >= 0) {
      known *= to[i];
    } else if (open >= 0) {
      return absl::OkStatus();  // two unknowns: only a sample can tell
    } else {
      open = i;
    }
  }
  if (!from.IsStatic()) return absl::OkStatus();
  const int64_t have = from.NumElements();
  const bool fits = open < 0 ? known == have : known == 0 ? have == 0 : have % known == 0;
  if (!fits) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot reshape ", from.ToString(), " (", have, " elements) to ", to.ToString()));
  }
  if (open >= 0) to.set(open, known == 0 ? 0 : have / known);
  return absl::OkStatus();
}

absl::Status Infer(InferContext& context) {
  ir::Shape to;
  if (!context.has_input(1)) {
    to = ir::Shape(context.attrs().Ints("new_shape"));
  } else if (auto sizes = context.input_ints(1)) {
    to = ir::Shape(*sizes);
  } else {
    to = UnknownShape(VectorLength(context.input_shape(1)));
  }
  if (to.ranked()) {
    if (std::any_of(to.dims().begin(), to.dims().end(), [](int64_t d) { return d < ir::kDynamic; })) {
      return absl::InvalidArgumentError(absl::StrCat("cannot reshape to ", to.ToString()));
    }
    ZP_RETURN_IF_ERROR(Complete(context.input_shape(0), to));
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef Reshape() {
  return {.name = "RESHAPE",
          .code = schema::BuiltinOperator_RESHAPE,
          .inputs = {1, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ReshapeOptions,
                      {{"new_shape", schema::ReshapeOptions::VT_NEW_SHAPE, FieldKind::kInts}},
                      /*written=*/false},
          .tf = {{"Reshape"}},
          .infer = Infer,
          .eval_float = EvalView,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .is_view = true,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
