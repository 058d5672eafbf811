// STABLEHLO_DYNAMIC_UPDATE_SLICE: operand 0 with operand 1 in place of a box of it, from the corner that the operands
// after these name, one scalar for a dimension; a corner from which the box would reach outside is moved inside.

#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "ops/stablehlo_corner.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  if (context.input_type(1) != context.input_type(0)) {
    return absl::InvalidArgumentError("the update has another type than what it updates");
  }
  ZP_RETURN_IF_ERROR(stablehlo::CheckBox(context, context.input_shape(1), /*first_index=*/2));
  context.set_output(0, context.input_type(0), context.input_shape(0));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& update = context.inputs[1];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  ZP_ASSIGN_OR_RETURN(const int64_t corner, stablehlo::Corner(context, update.dims, /*first_index=*/2));
  CopyBytes(to.data, context.inputs[0].data, to.bytes());
  CopyStrided(update.dims, width, update.data, RowMajorStrides(update.dims),
              to.As<uint8_t>() + static_cast<size_t>(corner) * width, RowMajorStrides(to.dims));
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloDynamicUpdateSlice() {
  OpDef def = stablehlo::Movement("STABLEHLO_DYNAMIC_UPDATE_SLICE",
                                  schema::BuiltinOperator_STABLEHLO_DYNAMIC_UPDATE_SLICE, {2, kMany}, {}, Infer, Eval);
  def.options = {};
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Activation(), OperandSpec::Other()};
  return def;
}

}  // namespace zeropoint::ops::records
