// COS: the cosine.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Cos() {
  OpDef def = UnaryRecord("COS", schema::BuiltinOperator_COS, "Cos", EvalUnary<kernels::Unary::kCos>);
  def.options = {schema::BuiltinOptions_CosOptions, {}, /*written=*/false};
  return def;
}

}  // namespace zeropoint::ops::records
