// HARD_SWISH: y = x * relu6(x + 3) / 6. TF has no single op; a pass recognises it.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef HardSwish() {
  OpDef def = UnaryRecord("HARD_SWISH", schema::BuiltinOperator_HARD_SWISH, "", EvalUnary<kernels::Unary::kHardSwish>);
  def.options = {schema::BuiltinOptions_HardSwishOptions, {}, /*written=*/false};
  def.quant.int8 = true;
  def.quant.by_table = true;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace zeropoint::ops::records
