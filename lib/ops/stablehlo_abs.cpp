// STABLEHLO_ABS: the absolute value, as ABS computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Abs();  // the twin

OpDef StablehloAbs() { return stablehlo::Elementwise(Abs(), "STABLEHLO_ABS", schema::BuiltinOperator_STABLEHLO_ABS); }

}  // namespace zeropoint::ops::records
