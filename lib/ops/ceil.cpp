// CEIL: the smallest integer that is not below x.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Ceil() {
  OpDef def = UnaryRecord("CEIL", schema::BuiltinOperator_CEIL, "Ceil", EvalUnary<kernels::Unary::kCeil>);
  def.quant.by_table = true;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
