// REVERSE_V2: a tensor read backwards along the axes in operand 1.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  if (auto axes = context.input_ints(1); axes && from.ranked()) {
    for (int64_t axis : *axes) ZP_RETURN_IF_ERROR(ResolveAxis(axis, from.rank()).status());
  }
  context.set_output(0, context.input_type(0), from);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> axes, ReadInts(context.inputs[1]));
  if (to.elements() == 0) return absl::OkStatus();
  const ir::Dims dense = RowMajorStrides(from.dims);
  ir::Dims strides = dense;
  int64_t corner = 0;
  for (int64_t listed : axes) {
    ZP_ASSIGN_OR_RETURN(const int axis, ResolveAxis(listed, from.rank()));
    const size_t at = static_cast<size_t>(axis);
    if (strides[at] < 0) return absl::InvalidArgumentError(absl::StrCat("axis ", axis, " is reversed twice"));
    corner += (from.dim(axis) - 1) * dense[at];
    strides[at] = -dense[at];
  }
  return ReadStrided(from, corner, strides, to);
}

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt8) return 3;
  return context.input_type(0) == ElementType::kBool ? 2 : 1;
}

}  // namespace

namespace records {

OpDef ReverseV2() {
  return {.name = "REVERSE_V2",
          .code = schema::BuiltinOperator_REVERSE_V2,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ReverseV2Options, {}, /*written=*/false},
          .tf = {{"ReverseV2"}},
          .infer = Infer,
          .eval_float = Eval,
          // The kernel copies integers, so both have one scale. TensorFlow's int8 quantizer does not tie them, and its
          // result is wrong where the next op wants another scale: a CONCATENATION, behind a bidirectional layer.
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
