// SUB: a - b, numpy broadcasting.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kSub);
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return WrapSub(a, b); });
}

absl::Status EvalQuantized(const EvalContext& context) { return EvalQuantizedSum(context, -1); }

int Version(const VersionContext& context) {
  const ElementType type = context.input_type(0);
  if (type == ElementType::kInt16 && !context.attrs().Bool("pot_scale_int16", true)) return 5;
  if (type == ElementType::kInt64) return 4;
  if (IsWideBroadcast(context)) return 3;
  return VersionInt8Is2(context);
}

}  // namespace

OpDef Sub() {
  OpDef def = BinaryRecord("SUB", schema::BuiltinOperator_SUB, "Sub", Eval);
  def.options = {schema::BuiltinOptions_SubOptions,
                 {{kFusedActivation, schema::SubOptions::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"pot_scale_int16", schema::SubOptions::VT_POT_SCALE_INT16, FieldKind::kBool, 1}}};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.quant.int16_attrs = {{"pot_scale_int16", false}};
  def.version = Version;
  def.absorbs_activation = true;
  def.in_place_operands = 2;
  def.overwritable_operands = 2;
  return def;
}

}  // namespace zeropoint::ops::records
