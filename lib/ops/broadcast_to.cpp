// BROADCAST_TO: dimensions of size 1, and missing leading ones, repeated to the shape in operand 1.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ZP_ASSIGN_OR_RETURN(ir::Shape to, ShapeFromInts(context, 1));
  const int lead = from.ranked() && to.ranked() ? to.rank() - from.rank() : 0;
  bool fits = lead >= 0;
  for (int i = 0; fits && to.ranked() && from.ranked() && i < from.rank(); ++i) {
    fits = from[i] == 1 || from[i] == ir::kDynamic || to[lead + i] == ir::kDynamic || from[i] == to[lead + i];
  }
  if (!fits) {
    return absl::InvalidArgumentError(absl::StrCat("cannot broadcast ", from.ToString(), " to ", to.ToString()));
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  const ir::Dims dense = RowMajorStrides(from.dims);
  const size_t lead = to.dims.size() - from.dims.size();
  ir::Dims strides(to.dims.size(), 0);
  for (size_t i = 0; i < from.dims.size(); ++i) strides[lead + i] = from.dims[i] == 1 ? 0 : dense[i];
  return ReadStrided(from, /*corner=*/0, strides, to);
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kFloat8E4M3:
    case ElementType::kFloat8E5M2:
      return 4;
    case ElementType::kInt8:
    case ElementType::kInt16:
      return 3;
    default:
      return 2;
  }
}

}  // namespace

namespace records {

OpDef BroadcastTo() {
  return {.name = "BROADCAST_TO",
          .code = schema::BuiltinOperator_BROADCAST_TO,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_BroadcastToOptions, {}, /*written=*/false},
          .tf = {{"BroadcastTo"}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
