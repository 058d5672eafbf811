// STABLEHLO_FLOOR: the integer below, as FLOOR computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Floor();  // the twin

OpDef StablehloFloor() {
  return stablehlo::Elementwise(Floor(), "STABLEHLO_FLOOR", schema::BuiltinOperator_STABLEHLO_FLOOR);
}

}  // namespace zeropoint::ops::records
