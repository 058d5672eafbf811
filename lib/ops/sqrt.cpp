// SQRT: the square root. TF 2.21 has no 16x8 form.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

// LiteRT's kernel drops the digits after the point; a negative number has no root.
absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    bool negative = false;
    MapUnary<T, T>(context, [&](T q) {
      const int32_t x = static_cast<int32_t>(q) - from.zero_point;
      negative = negative || x < 0;
      const float root = std::sqrt(from.scale * static_cast<float>(std::max(x, 0))) / to.scale;
      constexpr float kFar = 1 << 30;
      return static_cast<T>(LimitsOf<T>().Clamp(static_cast<int32_t>(std::min(root, kFar)) + to.zero_point));
    });
    return negative ? absl::InvalidArgumentError("the square root of a negative number") : absl::OkStatus();
  });
}

}  // namespace

OpDef Sqrt() {
  OpDef def = UnaryRecord("SQRT", schema::BuiltinOperator_SQRT, "Sqrt", EvalUnary<kernels::Unary::kSqrt>);
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = true;
  def.quant.int16_version = 1;
  def.version = VersionInt8Or16Is2;
  def.check = {0.0f, 10.0f};
  def.quant.by_table = true;
  def.quant.int8_gap = NegativeRootGap;
  def.runtime = {.int8 = {2, 0}, .int16 = {2, 0}, .gap = "before, its kernel took no int8 and no int16"};
  def.quant.int16_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
