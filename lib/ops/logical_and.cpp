// LOGICAL_AND: a and b of bools, numpy broadcasting.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 2));
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kBool}));
  return InferComparison(context);
}

absl::Status Eval(const EvalContext& context) {
  MapBinary<bool, bool>(context, [](bool a, bool b) { return a && b; });
  return absl::OkStatus();
}

}  // namespace

OpDef LogicalAnd() {
  OpDef def = ComparisonRecord("LOGICAL_AND", schema::BuiltinOperator_LOGICAL_AND, "LogicalAnd", Eval);
  def.infer = Infer;
  def.options = {schema::BuiltinOptions_LogicalAndOptions, {}, /*written=*/false};
  def.quant = {};
  return def;
}

}  // namespace zeropoint::ops::records
