// LOG: the natural logarithm.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Log() {
  OpDef def = UnaryRecord("LOG", schema::BuiltinOperator_LOG, "Log", EvalUnary<kernels::Unary::kLog>);
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionInt8Or16Is2;
  def.check = {0.01f, 10.0f};
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
