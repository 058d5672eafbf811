// STABLEHLO_DIVIDE: a / b, as DIV computes it, on operands of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Div();  // the twin

OpDef StablehloDivide() {
  return stablehlo::Elementwise(Div(), "STABLEHLO_DIVIDE", schema::BuiltinOperator_STABLEHLO_DIVIDE);
}

}  // namespace zeropoint::ops::records
