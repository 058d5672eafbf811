// RSQRT: y = 1 / sqrt(x), each step rounded once, as the fold of batch norms needs.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr int kShift = 20;  // digits kept between the root and the rescaling

int8_t Rsqrt8(int32_t x, const numeric::Multiplier& factor, int32_t zero_point) {
  if (x == 0) return std::numeric_limits<int8_t>::max();
  numeric::Multiplier root = numeric::InverseSqrt(x), rest = factor;
  root.shift += kShift;
  rest.shift -= kShift;
  const int32_t scaled = numeric::Rescale(numeric::Rescale(int32_t{1}, root), rest);
  return static_cast<int8_t>(LimitsOf<int8_t>().Clamp(WrapAdd(scaled, zero_point)));
}

// What is not positive becomes the largest result where it is 0, and is refused below.
absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  const numeric::Multiplier factor = numeric::ToMultiplier(1.0 / static_cast<double>(std::sqrt(from.scale) * to.scale));
  const float largest = static_cast<float>(std::numeric_limits<int16_t>::max()) * to.scale;
  const auto function = [=](float x) { return x <= 0.0f ? largest : 1.0f / std::sqrt(x); };
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    const T* first = context.inputs[0].As<T>();
    for (int64_t i = 0, n = context.inputs[0].elements(); i < n; ++i) {
      if (first[i] < from.zero_point) return absl::InvalidArgumentError("the square root of a negative number");
    }
    if constexpr (std::is_same_v<T, int8_t>) {
      MapUnary<T, T>(context, [&](T q) { return Rsqrt8(q - from.zero_point, factor, to.zero_point); });
      return absl::OkStatus();
    } else if constexpr (std::is_same_v<T, int16_t>) {
      const Table16 table = Table16::Make<float>(from.scale, from.zero_point, to.scale, to.zero_point, function);
      MapUnary<T, T>(context, [&](T q) { return table[q]; });
      return absl::OkStatus();
    } else {
      return NoIntegerKernelFor(context.outputs[0].type);
    }
  });
}

}  // namespace

OpDef Rsqrt() {
  OpDef def = UnaryRecord("RSQRT", schema::BuiltinOperator_RSQRT, "Rsqrt", EvalUnary<kernels::Unary::kRsqrt>);
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionByInt8Then16;
  def.check = {0.01f, 10.0f};
  def.quant.by_table = true;
  def.quant.int8_gap = NegativeRootGap;
  return def;
}

}  // namespace zeropoint::ops::records
