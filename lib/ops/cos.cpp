// COS: the cosine.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Cos() {
  OpDef def = UnaryRecord("COS", schema::BuiltinOperator_COS, "Cos", EvalUnary<kernels::Unary::kCos>);
  def.options = {schema::BuiltinOptions_CosOptions, {}, /*written=*/false};
  def.quant.by_table = true;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
