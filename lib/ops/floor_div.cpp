// FLOOR_DIV: floor(a / b), numpy broadcasting.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalBinaryFloat(context, kernels::Binary::kFloorDiv);
  ZP_RETURN_IF_ERROR(CheckNoZero(context.inputs[1]));
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return FlooredQuotient(a, b); });
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kInt8:
    case ElementType::kInt16:
      return 3;
    case ElementType::kFloat32:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

OpDef FloorDiv() {
  OpDef def = BinaryRecord("FLOOR_DIV", schema::BuiltinOperator_FLOOR_DIV, "FloorDiv", Eval);
  def.options = {schema::BuiltinOptions_FloorDivOptions, {}, /*written=*/false};
  def.version = Version;
  def.check = {0.1f, 4.0f};
  def.quant.by_table = true;
  def.quant.integer_rewrite = "a lookup in a table of its values where the divisor is a constant";
  def.runtime = {.int8 = kNever,
                 .int16 = kNever,
                 .gap = "its kernel computes with the integers, not with the numbers that they stand for"};
  return def;
}

}  // namespace zeropoint::ops::records
