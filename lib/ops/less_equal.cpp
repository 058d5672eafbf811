// LESS_EQUAL: a <= b, numpy broadcasting.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComparison(context, [](auto a, auto b) { return a <= b; });
}

}  // namespace

OpDef LessEqual() {
  OpDef def = ComparisonRecord("LESS_EQUAL", schema::BuiltinOperator_LESS_EQUAL, "LessEqual", Eval);
  def.options = {schema::BuiltinOptions_LessEqualOptions, {}, /*written=*/false};
  def.quant.int8 = true;
  def.version = VersionInt8Is2;
  def.runtime = {.int16 = {2, 1}, .gap = "before, its kernel took no int16"};
  def.quant.int16_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
