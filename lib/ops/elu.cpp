// ELU: y = x where x >= 0, else exp(x) - 1.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Elu() {
  OpDef def = UnaryRecord("ELU", schema::BuiltinOperator_ELU, "Elu", EvalUnary<kernels::Unary::kElu>);
  def.quant.by_table = true;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  def.quant.int8_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
