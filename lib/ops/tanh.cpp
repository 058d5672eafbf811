// TANH: the hyperbolic tangent.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Tanh() {
  OpDef def = UnaryRecord("TANH", schema::BuiltinOperator_TANH, "Tanh", EvalUnary<kernels::Unary::kTanh>);
  def.quant.int8 = def.quant.int16 = true;
  def.quant.fixed_int8 = {1.0f / 128, 0};
  def.quant.fixed_int16 = {1.0f / 32768, 0};
  def.version = VersionByInt8Then16;
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
