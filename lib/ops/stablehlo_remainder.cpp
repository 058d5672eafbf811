// STABLEHLO_REMAINDER: what a / b rounded toward zero leaves: the remainder has the sign of a.
#include <cmath>

#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) {
    MapBinary<float, float>(context, [](float a, float b) { return std::fmod(a, b); });
    return absl::OkStatus();
  }
  ZP_RETURN_IF_ERROR(CheckNoZero(context.inputs[1]));
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return b == -1 ? T{0} : static_cast<T>(a % b); });
}

}  // namespace

OpDef StablehloRemainder() {
  OpDef def = stablehlo::Elementwise("STABLEHLO_REMAINDER", schema::BuiltinOperator_STABLEHLO_REMAINDER, 2, Eval);
  def.check = {0.1f, 4.0f};
  return def;
}

}  // namespace zeropoint::ops::records
