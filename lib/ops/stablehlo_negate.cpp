// STABLEHLO_NEGATE: -x, as NEG computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Neg();  // the twin

OpDef StablehloNegate() {
  return stablehlo::Elementwise(Neg(), "STABLEHLO_NEGATE", schema::BuiltinOperator_STABLEHLO_NEGATE);
}

}  // namespace zeropoint::ops::records
