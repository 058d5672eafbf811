// LESS_EQUAL: a <= b, numpy broadcasting.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComparison(context, [](auto a, auto b) { return a <= b; });
}

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalQuantizedComparison(context, [](int32_t a, int32_t b) { return a <= b; });
}

}  // namespace

OpDef LessEqual() {
  OpDef def = ComparisonRecord("LESS_EQUAL", schema::BuiltinOperator_LESS_EQUAL, "LessEqual", Eval);
  def.options = {schema::BuiltinOptions_LessEqualOptions, {}, /*written=*/false};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = true;
  def.version = VersionInt8Is2;
  def.runtime = {.int16 = {2, 1}, .gap = "before, its kernel took no int16"};
  def.quant.int16_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
