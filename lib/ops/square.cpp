// SQUARE: y = x * x.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalUnaryFloat(context, kernels::Unary::kSquare);
  return EvalUnaryInts(context, [](auto x) { return WrapMul(x, x); });
}

}  // namespace

OpDef Square() {
  OpDef def = UnaryRecord("SQUARE", schema::BuiltinOperator_SQUARE, "Square", Eval);
  def.options = {schema::BuiltinOptions_SquareOptions, {}};
  def.quant.integer_rewrite = "a MUL by itself";
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
