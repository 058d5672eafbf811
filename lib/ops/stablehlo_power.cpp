// STABLEHLO_POWER: a^b, as POW computes it, on operands of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Pow();  // the twin

OpDef StablehloPower() {
  return stablehlo::Elementwise(Pow(), "STABLEHLO_POWER", schema::BuiltinOperator_STABLEHLO_POWER);
}

}  // namespace zeropoint::ops::records
