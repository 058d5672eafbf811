// RELU: y = max(x, 0).
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Relu() {
  OpDef def = UnaryRecord("RELU", schema::BuiltinOperator_RELU, "Relu", EvalUnary<kernels::Unary::kRelu>);
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionByInt8Then16;
  def.fused_activation = schema::ActivationFunctionType_RELU;
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
