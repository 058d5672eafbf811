// POW: a^b, numpy broadcasting.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

// By repeated squaring; wraps. The exponent is not negative.
template <typename T>
T IntPow(T base, T exponent) {
  T result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = WrapMul(result, base);
    base = WrapMul(base, base);
  }
  return result;
}

template <typename T>
bool HasNegative(const TensorView& view) {
  for (int64_t i = 0; i < view.elements(); ++i) {
    if (view.As<T>()[i] < 0) return true;
  }
  return false;
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& exponent = context.inputs[1];
  if (exponent.type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kPow);
  const bool negative = exponent.type == ElementType::kInt32   ? HasNegative<int32_t>(exponent)
                        : exponent.type == ElementType::kInt64 ? HasNegative<int64_t>(exponent)
                                                               : false;
  if (negative) return absl::InvalidArgumentError("negative exponent of an integer");
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return IntPow(a, b); });
}

}  // namespace

OpDef Pow() {
  OpDef def = BinaryRecord("POW", schema::BuiltinOperator_POW, "Pow", Eval);
  def.options = {schema::BuiltinOptions_PowOptions, {}, /*written=*/false};
  def.check = {0.1f, 4.0f};
  def.quant.by_table = true;
  def.quant.integer_rewrite = "a lookup in a table of its values where the exponent is a constant";
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
