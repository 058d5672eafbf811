// STABLEHLO_ADD: a + b, as ADD computes it, on operands of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Add();  // the twin

OpDef StablehloAdd() {
  OpDef def = stablehlo::Elementwise(Add(), "STABLEHLO_ADD", schema::BuiltinOperator_STABLEHLO_ADD);
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
