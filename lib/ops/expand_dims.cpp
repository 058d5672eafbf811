// EXPAND_DIMS: inserts a dimension of size 1 before axis (operand 1), which counts in the result's rank.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 1, {ElementType::kInt32, ElementType::kInt64}));
  const ir::Shape& from = context.input_shape(0);
  auto axes = context.input_ints(1);
  if (axes && axes->size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("the axis has ", axes->size(), " elements, not one"));
  }
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() + 1 : -1);
  if (from.ranked() && axes) {
    ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(axes->front(), to.rank()));
    for (int i = 0; i < to.rank(); ++i) to.set(i, i == axis ? 1 : from[i < axis ? i : i - 1]);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef ExpandDims() {
  return {.name = "EXPAND_DIMS",
          .code = schema::BuiltinOperator_EXPAND_DIMS,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ExpandDimsOptions, {}},
          .tf = {{"ExpandDims"}},
          .infer = Infer,
          .eval_float = EvalView,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .is_view = true,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
