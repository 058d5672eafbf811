// SELECT_V2: elements of a where the condition is true, else of b; all three broadcast.
#include "ops/choose.h"
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckChoose(context));
  ZP_ASSIGN_OR_RETURN(const ir::Shape pair, BroadcastShape(context.input_shape(1), context.input_shape(2)));
  ZP_ASSIGN_OR_RETURN(ir::Shape shape, BroadcastShape(context.input_shape(0), pair));
  context.set_output(0, context.input_type(1), std::move(shape));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) { return EvalChoose(context, context.inputs[0].dims); }

int Version(const VersionContext& context) { return context.input_type(1) == ElementType::kUInt32 ? 2 : 1; }

}  // namespace

OpDef SelectV2() {
  OpDef def = ChooseRecord("SELECT_V2", schema::BuiltinOperator_SELECT_V2, "SelectV2", Infer, Eval);
  def.options = {schema::BuiltinOptions_SelectV2Options, {}};
  def.version = Version;
  return def;
}

}  // namespace zeropoint::ops::records
