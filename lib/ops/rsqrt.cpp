// RSQRT: y = 1 / sqrt(x), each step rounded once, as the fold of batch norms needs.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Rsqrt() {
  OpDef def = UnaryRecord("RSQRT", schema::BuiltinOperator_RSQRT, "Rsqrt", EvalUnary<kernels::Unary::kRsqrt>);
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionByInt8Then16;
  def.check = {0.01f, 10.0f};
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
