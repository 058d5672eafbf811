// STABLEHLO_RSQRT: 1 / sqrt(x), as RSQRT computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Rsqrt();  // the twin

OpDef StablehloRsqrt() {
  return stablehlo::Elementwise(Rsqrt(), "STABLEHLO_RSQRT", schema::BuiltinOperator_STABLEHLO_RSQRT);
}

}  // namespace zeropoint::ops::records
