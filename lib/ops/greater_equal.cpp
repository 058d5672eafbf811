// GREATER_EQUAL: a >= b, numpy broadcasting.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComparison(context, [](auto a, auto b) { return a >= b; });
}

}  // namespace

OpDef GreaterEqual() {
  OpDef def = ComparisonRecord("GREATER_EQUAL", schema::BuiltinOperator_GREATER_EQUAL, "GreaterEqual", Eval);
  def.options = {schema::BuiltinOptions_GreaterEqualOptions, {}, /*written=*/false};
  def.quant.int8 = true;
  def.version = VersionByInt8Then16;
  def.quant.int16_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
