// STABLEHLO_LOG: the natural logarithm, as LOG computes it.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Log();  // the twin

OpDef StablehloLog() { return stablehlo::Elementwise(Log(), "STABLEHLO_LOG", schema::BuiltinOperator_STABLEHLO_LOG); }

}  // namespace zeropoint::ops::records
