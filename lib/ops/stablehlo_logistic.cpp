// STABLEHLO_LOGISTIC: 1 / (1 + e^-x), as LOGISTIC computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Logistic();  // the twin

OpDef StablehloLogistic() {
  return stablehlo::Elementwise(Logistic(), "STABLEHLO_LOGISTIC", schema::BuiltinOperator_STABLEHLO_LOGISTIC);
}

}  // namespace zeropoint::ops::records
