// STABLEHLO_TANH: the hyperbolic tangent, as TANH computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Tanh();  // the twin

OpDef StablehloTanh() {
  return stablehlo::Elementwise(Tanh(), "STABLEHLO_TANH", schema::BuiltinOperator_STABLEHLO_TANH);
}

}  // namespace zeropoint::ops::records
