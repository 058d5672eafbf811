// MINIMUM: the smaller of a and b, numpy broadcasting.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kMinimum);
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return a < b ? a : b; });
}

int Version(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt16) return 4;
  if (IsWideBroadcast(context)) return 3;
  return VersionInt8Is2(context);
}

}  // namespace

OpDef Minimum() {
  OpDef def = BinaryRecord("MINIMUM", schema::BuiltinOperator_MINIMUM, "Minimum", Eval);
  def.options = {schema::BuiltinOptions_MaximumMinimumOptions, {}, /*written=*/false};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.same_scale = true;
  def.quant.int16_operands_like_result = true;
  def.version = Version;
  return def;
}

}  // namespace zeropoint::ops::records
