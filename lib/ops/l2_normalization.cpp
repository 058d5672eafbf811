// L2_NORMALIZATION: each row divided by its Euclidean length. A pass recognises it in TF graphs.
#include "kernels/reduce.h"
#include "ops/elementwise.h"
#include "ops/rowwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Rows rows, FloatRows(context));
  if (context.attrs.Int(kFusedActivation) != schema::ActivationFunctionType_NONE) {
    return absl::UnimplementedError("the op has no kernel with a fused activation");
  }
  kernels::L2Normalize(context.inputs[0].As<float>(), context.outputs[0].As<float>(), rows.rows, rows.depth);
  return absl::OkStatus();
}

int Version(const VersionContext& context) { return context.output_type(0) == ElementType::kInt8 ? 2 : 1; }

}  // namespace

OpDef L2Normalization() {
  OpDef def = UnaryRecord("L2_NORMALIZATION", schema::BuiltinOperator_L2_NORMALIZATION, "", Eval);
  def.infer = InferRowwise;
  def.options = {schema::BuiltinOptions_L2NormOptions,
                 {{kFusedActivation, schema::L2NormOptions::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8}}};
  def.quant.int8 = true;
  def.quant.fixed_int8 = {1.0f / 128, 0};
  def.version = Version;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace zeropoint::ops::records
