// GELU: y = x/2 * (1 + erf(x / sqrt 2)), or its tanh form when "approximate" is set. A pass recognises it in TF graphs.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  const bool approximate = context.attrs.Bool("approximate");
  return EvalUnaryFloat(context, approximate ? kernels::Unary::kGeluTanh : kernels::Unary::kGelu);
}

// The formulas in the order of LiteRT's arithmetic.
float Exact(float x) {
  constexpr float kMinusSqrtHalf = -0.70710678118654752440f;
  return 0.5f * x * std::erfc(x * kMinusSqrtHalf);
}
float Approximate(float x) {
  constexpr float kSqrtTwoByPi = 0.7978845608028654f, kCubic = 0.044715f;
  return 0.5f * x * (1.0f + std::tanh(kSqrtTwoByPi * (x + kCubic * x * x * x)));
}

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalByTable(context, context.attrs.Bool("approximate") ? Approximate : Exact, /*wide=*/true);
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kFloat16:
      return 3;
    case ElementType::kInt8:
    case ElementType::kUInt8:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

OpDef Gelu() {
  OpDef def = UnaryRecord("GELU", schema::BuiltinOperator_GELU, "", Eval);
  def.options = {schema::BuiltinOptions_GeluOptions,
                 {{"approximate", schema::GeluOptions::VT_APPROXIMATE, FieldKind::kBool}}};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.version = Version;
  def.quant.by_table = true;
  def.runtime = {.int16 = {1, 3}, .gap = "before, its kernel took no int16"};
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
