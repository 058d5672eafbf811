// RELU: y = max(x, 0).
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalQuantizedClamp(context, 0.0f, std::numeric_limits<float>::infinity());
}

}  // namespace

OpDef Relu() {
  OpDef def = UnaryRecord("RELU", schema::BuiltinOperator_RELU, "Relu", EvalUnary<kernels::Unary::kRelu>);
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionByInt8Then16;
  def.fused_activation = schema::ActivationFunctionType_RELU;
  def.quant.by_table = true;
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
