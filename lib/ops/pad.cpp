// PAD: zeros around a tensor.
#include "ops/data_movement.h"
#include "ops/pad_common.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Eval(const EvalContext& context) { return PadWith(context, ZeroElement(context.outputs[0]).data()); }

}  // namespace

namespace records {

OpDef Pad() {
  return {.name = "PAD",
          .code = schema::BuiltinOperator_PAD,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_PadOptions, {}},
          .tf = {{"Pad"}},
          .infer = InferPadded,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .quant = MovesData({OperandSpec::Activation(), OperandSpec::Other()}),
          .version = PadVersion};
}

}  // namespace records
}  // namespace zeropoint::ops
