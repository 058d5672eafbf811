// DIV: a / b, numpy broadcasting; integers round toward zero.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kDiv);
  ZP_RETURN_IF_ERROR(CheckNoZero(context.inputs[1]));
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return TruncatedQuotient(a, b); });
}

int Version(const VersionContext& context) { return IsWideBroadcast(context) ? 2 : 1; }

}  // namespace

OpDef Div() {
  OpDef def = BinaryRecord("DIV", schema::BuiltinOperator_DIV, "Div", Eval);
  def.tf.push_back({"RealDiv"});
  def.options = {schema::BuiltinOptions_DivOptions,
                 {{kFusedActivation, schema::DivOptions::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8}}};
  def.quant.int8 = true;
  def.version = Version;
  def.absorbs_activation = true;
  def.check = {0.1f, 4.0f};
  def.in_place_operands = 2;
  def.quant.integer_rewrite = "a MUL where the divisor is a constant";
  def.runtime = {.int8 = {1, 4}, .int16 = kNever, .gap = "its int16 kernel overflows; before 1.4 it took no int8 either"};
  return def;
}

}  // namespace zeropoint::ops::records
