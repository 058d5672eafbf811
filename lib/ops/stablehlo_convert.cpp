// STABLEHLO_CONVERT: each element in the result's type, as CAST computes it. Only the result tensor says the type.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Cast();  // the twin

OpDef StablehloConvert() {
  OpDef def = stablehlo::Elementwise(Cast(), "STABLEHLO_CONVERT", schema::BuiltinOperator_STABLEHLO_CONVERT);
  def.infer = Cast().infer;
  def.quant.inputs = def.quant.outputs = {OperandSpec::Other()};
  return def;
}

}  // namespace zeropoint::ops::records
