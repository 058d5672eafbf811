// LOGICAL_NOT: not a of bools.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kBool}));
  context.set_output(0, ElementType::kBool, context.input_shape(0));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  MapUnary<bool, bool>(context, [](bool x) { return !x; });
  return absl::OkStatus();
}

}  // namespace

OpDef LogicalNot() {
  OpDef def = UnaryRecord("LOGICAL_NOT", schema::BuiltinOperator_LOGICAL_NOT, "LogicalNot", Eval);
  def.infer = Infer;
  def.options = {schema::BuiltinOptions_LogicalNotOptions, {}, /*written=*/false};
  def.quant = {};
  return def;
}

}  // namespace zeropoint::ops::records
