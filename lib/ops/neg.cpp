// NEG: y = -x.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalUnaryFloat(context, kernels::Unary::kNeg);
  return EvalUnaryInts(context, [](auto x) { return WrapSub<decltype(x)>(0, x); });
}

}  // namespace

OpDef Neg() {
  OpDef def = UnaryRecord("NEG", schema::BuiltinOperator_NEG, "Neg", Eval);
  def.options = {schema::BuiltinOptions_NegOptions, {}};
  def.quant.integer_rewrite = "a MUL by -1";
  def.runtime = {.int8 = kNever,
                 .int16 = kNever,
                 .gap = "its kernel computes with the integers, not with the numbers that they stand for"};
  return def;
}

}  // namespace zeropoint::ops::records
