// EXP: y = e^x.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Exp() {
  OpDef def = UnaryRecord("EXP", schema::BuiltinOperator_EXP, "Exp", EvalUnary<kernels::Unary::kExp>);
  def.options = {schema::BuiltinOptions_ExpOptions, {}};
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionInt8Or16Is2;
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
