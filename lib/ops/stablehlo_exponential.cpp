// STABLEHLO_EXPONENTIAL: e^x, as EXP computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Exp();  // the twin

OpDef StablehloExponential() {
  return stablehlo::Elementwise(Exp(), "STABLEHLO_EXPONENTIAL", schema::BuiltinOperator_STABLEHLO_EXPONENTIAL);
}

}  // namespace zeropoint::ops::records
