// LOG_SOFTMAX: y = x - log sum exp(x) over the last dimension.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernels/reduce.h"
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "ops/rowwise.h"
#include "ops/softmax_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr float kResultScale = 16.0f / 256;
constexpr int32_t kZeroPoint = 127;

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Rows rows, FloatRows(context));
  kernels::LogSoftmax(context.inputs[0].As<float>(), context.outputs[0].As<float>(), rows.rows, rows.depth);
  return absl::OkStatus();
}

// In float32, rounded half to even, as LiteRT's optimized kernel has it.
void LogSoftmaxRowOfMany(const int8_t* x, int8_t* y, size_t depth, float scale) {
  const int32_t largest = *std::max_element(x, x + depth);
  const std::array<float, 256> exponentials = ExponentialTable(scale);
  float sum = 0.0f;
  for (size_t i = 0; i < depth; ++i) sum += exponentials[static_cast<size_t>(largest - x[i])];
  const float step = scale / kResultScale,
              offset = (scale * static_cast<float>(largest) + std::log(sum)) / kResultScale;
  for (size_t i = 0; i < depth; ++i) {
    const auto result = static_cast<int32_t>(std::nearbyint(step * static_cast<float>(x[i]) - offset));
    y[i] = static_cast<int8_t>(LimitsOf<int8_t>().Clamp(result + kZeroPoint));
  }
}

// x - log(sum) in Q5.26, of which the result keeps 4 bits before the point and 4 behind it.
void LogSoftmaxRow(const int8_t* x, int8_t* y, size_t depth, const Differences& differences,
                   const numeric::Multiplier& back, float scale) {
  constexpr int kResultBits = 4;
  constexpr Limits kLimits = LimitsOf<int8_t>();
  const int32_t largest = *std::max_element(x, x + depth);
  int64_t sum = 0;
  for (size_t i = 0; i < depth; ++i) {
    const int32_t difference = x[i] - largest;
    if (difference < differences.lowest) continue;
    sum += numeric::RoundingShiftRight(numeric::ExpOfNegative(differences.Scaled(difference)), kSumBits);
  }
  // LiteRT's reference kernel has no more bits for sums of 4096 and more, which wrap.
  if (sum > std::numeric_limits<int32_t>::max()) return LogSoftmaxRowOfMany(x, y, depth, scale);
  const int32_t log_sum = LogOfSum(static_cast<int32_t>(sum));
  // The lowest difference whose result does not leave Q5.26.
  const int32_t lowest =
      std::max(differences.lowest - 1, numeric::Rescale(log_sum + std::numeric_limits<int32_t>::min(), back));
  for (size_t i = 0; i < depth; ++i) {
    const int32_t difference = x[i] - largest;
    int32_t result = kLimits.low;
    if (difference > lowest) {
      result =
          numeric::RoundingShiftRight(differences.Scaled(difference) - log_sum, kBits - kDifferenceBits - kResultBits) +
          kZeroPoint;
    }
    y[i] = static_cast<int8_t>(kLimits.Clamp(result));
  }
}

absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  const TensorView& x = context.inputs[0];
  if (x.type != ElementType::kInt8 || context.outputs[0].type != x.type) return NoIntegerKernelFor(x.type);
  const Rows rows = RowsOf(x);
  if (rows.depth == 0) return absl::OkStatus();
  const Differences differences = DifferencesOf(from.scale, 1.0f);
  const double unscaled = static_cast<double>(int64_t{1} << std::max(kBits - differences.factor.shift, 0)) /
                          static_cast<double>(differences.factor.value);
  const numeric::Multiplier back = numeric::ToMultiplier(unscaled);
  for (size_t r = 0; r < rows.rows; ++r) {
    LogSoftmaxRow(x.As<int8_t>() + r * rows.depth, context.outputs[0].As<int8_t>() + r * rows.depth, rows.depth,
                  differences, back, from.scale);
  }
  return absl::OkStatus();
}

}  // namespace

OpDef LogSoftmax() {
  OpDef def = UnaryRecord("LOG_SOFTMAX", schema::BuiltinOperator_LOG_SOFTMAX, "LogSoftmax", Eval);
  def.infer = InferRowwise;
  def.options = {schema::BuiltinOptions_LogSoftmaxOptions, {}};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = true;
  def.quant.fixed_int8 = {kResultScale, kZeroPoint};
  def.version = VersionInt8Is2;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace zeropoint::ops::records
