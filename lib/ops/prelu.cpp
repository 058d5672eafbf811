// PRELU: y = x where x >= 0, else alpha * x; alpha broadcasts to x. A pass recognises it in TF graphs.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 2));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ZP_RETURN_IF_ERROR(CheckReal(context, 1));
  const ir::Shape& input = context.input_shape(0);
  ZP_ASSIGN_OR_RETURN(const ir::Shape shape, BroadcastShape(input, context.input_shape(1)));
  bool stretched = shape.ranked() && shape.rank() != input.rank();
  for (int i = 0; shape.ranked() && !stretched && i < shape.rank(); ++i) stretched = !Compatible(shape[i], input[i]);
  if (stretched) {
    return absl::InvalidArgumentError(absl::StrCat("alpha of shape ", context.input_shape(1).ToString(),
                                                   " does not broadcast to the operand's shape ", input.ToString()));
  }
  context.set_output(0, context.input_type(0), input);
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) { return EvalBinaryFloat(context, kernels::Binary::kPrelu); }

absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params alpha, ParamsOf(context.inputs[1].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  const numeric::Multiplier identity = numeric::ToMultiplier(static_cast<double>(from.scale / to.scale));
  const numeric::Multiplier slope = numeric::ToMultiplier(static_cast<double>(from.scale * alpha.scale / to.scale));
  return ForIntegers(context, 2, [&]<typename T>(T) -> absl::Status {
    MapBinary<T, T>(context, [&](T p, T q) {
      const int32_t x = static_cast<int32_t>(p) - from.zero_point;
      const int32_t y =
          x >= 0 ? numeric::Rescale(x, identity) : numeric::Rescale(WrapMul<int32_t>(x, q - alpha.zero_point), slope);
      return static_cast<T>(LimitsOf<T>().Clamp(WrapAdd(y, to.zero_point)));
    });
    return absl::OkStatus();
  });
}

}  // namespace

OpDef Prelu() {
  OpDef def = BinaryRecord("PRELU", schema::BuiltinOperator_PRELU, "", Eval);
  def.infer = Infer;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Weight(-1)};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = true;
  def.quant.integer_rewrite = "RELU, MINIMUM, MUL and ADD";
  def.runtime = {.int16 = kNever, .gap = "its int16 kernel gives 0 for some negative values"};
  def.overwritable_operands = 2;
  return def;
}

}  // namespace zeropoint::ops::records
