// SQUARED_DIFFERENCE: (a - b)^2. LiteRT has no int16 kernel, so 16x8 keeps it float.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kSquaredDifference);
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return WrapMul(WrapSub(a, b), WrapSub(a, b)); });
}

// Measured with LiteRT 2.3: preparing it fails an assertion.
absl::string_view IntegerGap(const ir::Graph&, const ir::Node& node) {
  return node.input(0) == node.input(1) ? "LiteRT's integer kernel aborts when both operands are one tensor" : "";
}

}  // namespace

OpDef SquaredDifference() {
  OpDef def = BinaryRecord("SQUARED_DIFFERENCE", schema::BuiltinOperator_SQUARED_DIFFERENCE, "SquaredDifference", Eval);
  def.options = {schema::BuiltinOptions_SquaredDifferenceOptions, {}, /*written=*/false};
  def.quant.int8 = true;
  def.quant.integer_gap = IntegerGap;
  def.version = VersionInt8Is2;
  def.quant.integer_rewrite = "a SUB and a MUL";
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace zeropoint::ops::records
