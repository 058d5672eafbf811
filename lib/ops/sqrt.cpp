// SQRT: the square root. TF 2.21 has no 16x8 form.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Sqrt() {
  OpDef def = UnaryRecord("SQRT", schema::BuiltinOperator_SQRT, "Sqrt", EvalUnary<kernels::Unary::kSqrt>);
  def.quant.int8 = true;
  def.quant.int16_version = 1;
  def.version = VersionInt8Or16Is2;
  def.check = {0.0f, 10.0f};
  def.quant.by_table = true;
  def.runtime = {.int8 = {2, 0}, .int16 = {2, 0}, .gap = "before, its kernel took no int8 and no int16"};
  def.quant.int16_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
