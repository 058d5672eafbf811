// MAXIMUM: the larger of a and b, numpy broadcasting.
#include "ops/elementwise.h"
#include "ops/extremum.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kMaximum);
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return a > b ? a : b; });
}

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalSameScale(context, [](auto a, auto b) { return a > b ? a : b; });
}

}  // namespace

OpDef Maximum() {
  OpDef def = ExtremumRecord("MAXIMUM", schema::BuiltinOperator_MAXIMUM, "Maximum", Eval);
  def.eval_quantized = EvalQuantized;
  def.overwritable_operands = 2;
  return def;
}

}  // namespace zeropoint::ops::records
