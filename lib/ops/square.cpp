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
  return def;
}

}  // namespace zeropoint::ops::records
