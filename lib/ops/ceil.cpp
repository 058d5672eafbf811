// CEIL: the smallest integer that is not below x.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Ceil() {
  OpDef def = UnaryRecord("CEIL", schema::BuiltinOperator_CEIL, "Ceil", EvalUnary<kernels::Unary::kCeil>);
  return def;
}

}  // namespace zeropoint::ops::records
