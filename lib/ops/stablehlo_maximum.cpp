// STABLEHLO_MAXIMUM: the larger of a and b, as MAXIMUM computes it, on operands of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Maximum();  // the twin

OpDef StablehloMaximum() {
  OpDef def = stablehlo::Elementwise(Maximum(), "STABLEHLO_MAXIMUM", schema::BuiltinOperator_STABLEHLO_MAXIMUM);
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
