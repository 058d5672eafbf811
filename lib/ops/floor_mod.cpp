// FLOOR_MOD: a - b * floor(a / b), numpy broadcasting.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kFloorMod);
  ZP_RETURN_IF_ERROR(CheckNoZero(context.inputs[1]));
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return FlooredRemainder(a, b); });
}

}  // namespace

OpDef FloorMod() {
  OpDef def = BinaryRecord("FLOOR_MOD", schema::BuiltinOperator_FLOOR_MOD, "FloorMod", Eval);
  def.options = {schema::BuiltinOptions_FloorModOptions, {}, /*written=*/false};
  def.version = VersionInt8Or16Is2;
  def.check = {0.1f, 4.0f};
  def.quant.by_table = true;
  def.quant.integer_rewrite = "a lookup in a table of its values where the divisor is a constant";
  def.runtime = {.int8 = kNever,
                 .int16 = kNever,
                 .gap = "its kernel computes with the integers, not with the numbers that they stand for"};
  return def;
}

}  // namespace zeropoint::ops::records
