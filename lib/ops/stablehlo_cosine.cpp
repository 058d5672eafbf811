// STABLEHLO_COSINE: the cosine, as COS computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Cos();  // the twin

OpDef StablehloCosine() {
  return stablehlo::Elementwise(Cos(), "STABLEHLO_COSINE", schema::BuiltinOperator_STABLEHLO_COSINE);
}

}  // namespace zeropoint::ops::records
