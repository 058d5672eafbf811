// LOGISTIC: y = 1 / (1 + exp(-x)).
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Logistic() {
  OpDef def = UnaryRecord("LOGISTIC", schema::BuiltinOperator_LOGISTIC, "Sigmoid", EvalUnary<kernels::Unary::kLogistic>);
  def.quant.int8 = def.quant.int16 = true;
  def.quant.fixed_int8 = {1.0f / 256, -128};
  def.quant.fixed_int16 = {1.0f / 32768, 0};
  def.version = VersionByInt8Then16;
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
