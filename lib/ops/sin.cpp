// SIN: the sine.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Sin() {
  OpDef def = UnaryRecord("SIN", schema::BuiltinOperator_SIN, "Sin", EvalUnary<kernels::Unary::kSin>);
  def.quant.by_table = true;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
