// L2_NORMALIZATION: each row divided by its Euclidean length. A pass recognises it in TF graphs.
#include "kernels/reduce.h"
#include "ops/elementwise.h"
#include "ops/quantized.h"
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

// Integers of 1/128, whatever the operand's scale is.
absl::Status EvalQuantized(const EvalContext& context) {
  constexpr int kFractionalBits = 7;
  if (context.attrs.Int(kFusedActivation) != schema::ActivationFunctionType_NONE) {
    return absl::UnimplementedError("the op has no kernel with a fused activation");
  }
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  if (context.inputs[0].type != ElementType::kInt8) return NoIntegerKernelFor(context.inputs[0].type);
  const Rows rows = RowsOf(context.inputs[0]);
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    const T* x = context.inputs[0].As<T>();
    T* y = context.outputs[0].As<T>();
    for (size_t r = 0; r < rows.rows; ++r, x += rows.depth, y += rows.depth) {
      int32_t squares = 0;
      for (size_t i = 0; i < rows.depth; ++i) {
        const int32_t value = x[i] - from.zero_point;
        squares = WrapAdd(squares, value * value);
      }
      numeric::Multiplier factor = numeric::InverseSqrt(squares);
      factor.shift += kFractionalBits;
      for (size_t i = 0; i < rows.depth; ++i) {
        y[i] = static_cast<T>(LimitsOf<T>().Clamp(numeric::Rescale(x[i] - from.zero_point, factor)));
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace

OpDef L2Normalization() {
  OpDef def = UnaryRecord("L2_NORMALIZATION", schema::BuiltinOperator_L2_NORMALIZATION, "", Eval);
  def.eval_quantized = EvalQuantized;
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
