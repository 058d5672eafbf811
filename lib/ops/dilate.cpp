// DILATE: operand 2 between neighbouring elements, so that they come to lie operand 1 apart, by dimension.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kSteps = 1, kPadding = 2;

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ZP_RETURN_IF_ERROR(CheckType(context, kSteps, {ElementType::kInt32}));
  if (context.input_type(0) != context.input_type(kPadding)) {
    return absl::InvalidArgumentError("the padding has another type than the operand");
  }
  if (!Compatible(context.input_shape(kPadding).NumElements(), 1)) {
    return absl::InvalidArgumentError("the padding is not one element");
  }
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() : -1);
  const auto steps = context.input_ints(kSteps);
  if (from.ranked() && !Compatible(VectorLength(context.input_shape(kSteps)), from.rank())) {
    return absl::InvalidArgumentError(absl::StrCat("not one dilation for each dimension of ", from.ToString()));
  }
  for (int i = 0; steps && context.input_ints_complete(kSteps) && i < from.rank(); ++i) {
    const int64_t step = (*steps)[static_cast<size_t>(i)];
    if (step < 1) return absl::InvalidArgumentError(absl::StrCat("a dilation of ", step));
    if (from[i] != ir::kDynamic) to.set(i, from[i] == 0 ? 0 : (from[i] - 1) * step + 1);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(from.type));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> steps, ReadInts(context.inputs[kSteps]));
  FillElements(to.data, context.inputs[kPadding].data, width, to.elements());
  ir::Dims strides = RowMajorStrides(to.dims);
  for (size_t i = 0; i < strides.size(); ++i) strides[i] *= steps[i];
  CopyStrided(from.dims, width, from.data, RowMajorStrides(from.dims), to.data, strides);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef Dilate() {
  OpDef def;
  def.name = "DILATE";
  def.code = schema::BuiltinOperator_DILATE;
  def.inputs = {3, 3};
  def.options = {.table = schema::BuiltinOptions2_DilateOptions, .second = true};
  def.infer = Infer;
  def.eval_float = Eval;
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
