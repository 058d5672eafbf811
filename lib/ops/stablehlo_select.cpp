// STABLEHLO_SELECT: elements of a where the condition is true, else of b; the condition may be one bool for all.
#include "ops/choose.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckChoose(context));
  ZP_ASSIGN_OR_RETURN(ir::Shape shape, stablehlo::MergedShape(context.input_shape(1), context.input_shape(2)));
  if (context.input_shape(0).rank() != 0) {
    ZP_ASSIGN_OR_RETURN(shape, stablehlo::MergedShape(context.input_shape(0), shape));
  }
  context.set_output(0, context.input_type(1), std::move(shape));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) { return EvalChoose(context, context.inputs[0].dims); }

}  // namespace

OpDef StablehloSelect() {
  OpDef def = stablehlo::Elementwise("STABLEHLO_SELECT", schema::BuiltinOperator_STABLEHLO_SELECT, 3, Eval);
  def.infer = Infer;
  def.quant.inputs = {OperandSpec::Other(), OperandSpec::Activation()};
  return def;
}

}  // namespace zeropoint::ops::records
