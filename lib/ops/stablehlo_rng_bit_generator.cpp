// STABLEHLO_RNG_BIT_GENERATOR: random bits, and the state to go on from, from a state. The result tensors say type and
// shape. Calibration cannot run it; it is carried through.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  context.set_output(0, context.input_type(0), context.input_shape(0));
  context.set_output(1, context.output_type(1), context.output_shape(1));
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloRngBitGenerator() {
  OpDef def =
      stablehlo::Movement("STABLEHLO_RNG_BIT_GENERATOR", schema::BuiltinOperator_STABLEHLO_RNG_BIT_GENERATOR, {1, 1},
                          {schema::BuiltinOptions2_StablehloRngBitGeneratorOptions,
                           {{"algorithm", schema::StablehloRngBitGeneratorOptions::VT_ALGORITHM, FieldKind::kInt8}}},
                          Infer, /*eval=*/nullptr);
  def.outputs = {2, 2};
  def.quant = {};
  def.moves_elements = false;
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
