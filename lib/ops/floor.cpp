// FLOOR: the largest integer that is not above x.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Floor() {
  OpDef def = UnaryRecord("FLOOR", schema::BuiltinOperator_FLOOR, "Floor", EvalUnary<kernels::Unary::kFloor>);
  return def;
}

}  // namespace zeropoint::ops::records
