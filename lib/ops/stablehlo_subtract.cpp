// STABLEHLO_SUBTRACT: a - b, as SUB computes it, on operands of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Sub();  // the twin

OpDef StablehloSubtract() {
  return stablehlo::Elementwise(Sub(), "STABLEHLO_SUBTRACT", schema::BuiltinOperator_STABLEHLO_SUBTRACT);
}

}  // namespace zeropoint::ops::records
