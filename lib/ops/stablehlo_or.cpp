// STABLEHLO_OR: a or b, of bools or bit by bit of integers of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return stablehlo::EvalBinaryBits(context, []<typename T>(T a, T b) { return static_cast<T>(a | b); });
}

}  // namespace

OpDef StablehloOr() {
  OpDef def = stablehlo::Elementwise("STABLEHLO_OR", schema::BuiltinOperator_STABLEHLO_OR, 2, Eval);
  def.quant.inputs = def.quant.outputs = {OperandSpec::Other()};
  return def;
}

}  // namespace zeropoint::ops::records
