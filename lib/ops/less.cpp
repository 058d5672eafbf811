// LESS: a < b, numpy broadcasting.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComparison(context, [](auto a, auto b) { return a < b; });
}

}  // namespace

OpDef Less() {
  OpDef def = ComparisonRecord("LESS", schema::BuiltinOperator_LESS, "Less", Eval);
  def.options = {schema::BuiltinOptions_LessOptions, {}, /*written=*/false};
  def.quant.int8 = true;
  def.version = VersionByInt8Then16;
  def.quant.int16_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
