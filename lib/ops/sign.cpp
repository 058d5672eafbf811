// SIGN: -1, 0 or 1; NaN stays.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

template <typename T>
absl::Status MapSign(const EvalContext& context) {
  MapUnary<T, T>(context, [](T x) { return x != x ? x : static_cast<T>((x > 0) - (x < 0)); });
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      return MapSign<float>(context);
    case ElementType::kFloat64:
      return MapSign<double>(context);
    case ElementType::kInt32:
      return MapSign<int32_t>(context);
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

}  // namespace

OpDef Sign() {
  OpDef def = UnaryRecord("SIGN", schema::BuiltinOperator_SIGN, "Sign", Eval);
  def.options = {schema::BuiltinOptions_SignOptions, {}, /*written=*/false};
  def.quant.by_table = true;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32, float64 and int32"};
  return def;
}

}  // namespace zeropoint::ops::records
