// STABLEHLO_AND: a and b, of bools or bit by bit of integers of one shape.
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return stablehlo::EvalBinaryBits(context, []<typename T>(T a, T b) { return static_cast<T>(a & b); });
}

}  // namespace

OpDef StablehloAnd() {
  OpDef def = stablehlo::Elementwise("STABLEHLO_AND", schema::BuiltinOperator_STABLEHLO_AND, 2, Eval);
  def.runtime = stablehlo::RealKernelOnly();
  def.quant.inputs = def.quant.outputs = {OperandSpec::Other()};
  return def;
}

}  // namespace zeropoint::ops::records
