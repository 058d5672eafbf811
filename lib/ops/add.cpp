// ADD: a + b, numpy broadcasting.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kAdd);
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return WrapAdd(a, b); });
}

absl::Status EvalQuantized(const EvalContext& context) { return EvalQuantizedSum(context, +1); }

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kFloat16:
      return 6;
    case ElementType::kInt16:
      if (!context.input_quant(0).quantized()) return 5;
      return context.attrs().Bool("pot_scale_int16", true) ? 1 : 3;
    case ElementType::kInt64:
      return 4;
    case ElementType::kInt8:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

OpDef Add() {
  OpDef def = BinaryRecord("ADD", schema::BuiltinOperator_ADD, "Add", Eval);
  def.tf.push_back({"AddV2"});
  def.options = {schema::BuiltinOptions_AddOptions,
                 {{kFusedActivation, schema::AddOptions::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"pot_scale_int16", schema::AddOptions::VT_POT_SCALE_INT16, FieldKind::kBool, 1}}};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.quant.mask_flow = MaskFlow::kAdds;
  def.quant.int16_attrs = {{"pot_scale_int16", false}};
  def.version = Version;
  def.absorbs_activation = true;
  def.in_place_operands = 2;
  def.overwritable_operands = 2;
  return def;
}

}  // namespace zeropoint::ops::records
