// STABLEHLO_MINIMUM: the smaller of a and b, as MINIMUM computes it, on operands of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Minimum();  // the twin

OpDef StablehloMinimum() {
  OpDef def = stablehlo::Elementwise(Minimum(), "STABLEHLO_MINIMUM", schema::BuiltinOperator_STABLEHLO_MINIMUM);
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
