// PADV2: a constant, operand 2, around a tensor.
#include "ops/data_movement.h"
#include "ops/pad_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[2].elements() != 1) return absl::InvalidArgumentError("the padding value is not one element");
  return PadWith(context, context.inputs[2].data);
}

QuantSpec Quantization() {
  QuantSpec spec = MovesData({OperandSpec::Activation(), OperandSpec::Other(), OperandSpec::Activation()});
  // The result holds elements of both. TF takes the parameters of operand 0 and leaves the value float32, which no
  // kernel takes.
  spec.int16_result_like_operand = -1;
  spec.int16_operands_like_result = true;
  return spec;
}

}  // namespace

namespace records {

OpDef Padv2() {
  return {.name = "PADV2",
          .code = schema::BuiltinOperator_PADV2,
          .inputs = {3, 3},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_PadV2Options, {}},
          .tf = {{"PadV2"}},
          .infer = InferPadded,
          .eval_float = Eval,
          .quant = Quantization(),
          .version = PadVersion,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
