// FLOOR: the largest integer that is not above x.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Floor() {
  OpDef def = UnaryRecord("FLOOR", schema::BuiltinOperator_FLOOR, "Floor", EvalUnary<kernels::Unary::kFloor>);
  def.quant.by_table = true;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
