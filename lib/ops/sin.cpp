// SIN: the sine.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Sin() {
  OpDef def = UnaryRecord("SIN", schema::BuiltinOperator_SIN, "Sin", EvalUnary<kernels::Unary::kSin>);
  return def;
}

}  // namespace zeropoint::ops::records
