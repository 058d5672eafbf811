// LOG: the natural logarithm.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

// What has no logarithm becomes the smallest result.
absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  const float lowest = static_cast<float>(LimitsOf(context.outputs[0].type).low - to.zero_point) * to.scale;
  return EvalByTable(
      context, [=](float x) { return x <= 0.0f ? lowest : std::log(x); }, /*wide=*/true);
}

}  // namespace

OpDef Log() {
  OpDef def = UnaryRecord("LOG", schema::BuiltinOperator_LOG, "Log", EvalUnary<kernels::Unary::kLog>);
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionInt8Or16Is2;
  def.check = {0.01f, 10.0f};
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
