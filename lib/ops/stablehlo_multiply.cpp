// STABLEHLO_MULTIPLY: a * b, as MUL computes it, on operands of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Mul();  // the twin

OpDef StablehloMultiply() {
  OpDef def = stablehlo::Elementwise(Mul(), "STABLEHLO_MULTIPLY", schema::BuiltinOperator_STABLEHLO_MULTIPLY);
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
