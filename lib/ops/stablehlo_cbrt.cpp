// STABLEHLO_CBRT: the cube root.
#include <cmath>

#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
  MapUnary<float, float>(context, [](float x) { return std::cbrt(x); });
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloCbrt() {
  return stablehlo::Elementwise("STABLEHLO_CBRT", schema::BuiltinOperator_STABLEHLO_CBRT, 1, Eval);
}

}  // namespace zeropoint::ops::records
