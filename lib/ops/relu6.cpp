// RELU6: y = min(max(x, 0), 6).
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status EvalQuantized(const EvalContext& context) { return EvalQuantizedClamp(context, 0.0f, 6.0f); }

}  // namespace

OpDef Relu6() {
  OpDef def = UnaryRecord("RELU6", schema::BuiltinOperator_RELU6, "Relu6", EvalUnary<kernels::Unary::kRelu6>);
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionByInt8Then16;
  def.fused_activation = schema::ActivationFunctionType_RELU6;
  def.quant.by_table = true;
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
