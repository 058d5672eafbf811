// SOFTMAX: y = exp(beta * x) / sum exp(beta * x) over the last dimension.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "kernels/reduce.h"
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "ops/rowwise.h"
#include "ops/softmax_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr int kMostSum = 512;

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Rows rows, FloatRows(context));
  kernels::Softmax(context.inputs[0].As<float>(), context.outputs[0].As<float>(), rows.rows, rows.depth,
                   context.attrs.Float("beta"));
  return absl::OkStatus();
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set("beta", 1.0f);
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  return context.input_type(0) == ElementType::kFloat16 ? 4 : VersionByInt8Then16(context);
}

// In float32. More than half a step of the result is left of elements only when hardly more than 512 of them are equal.
template <typename T>
void SoftmaxRowOfMany(const T* x, T* y, size_t depth, float scale) {
  constexpr float kSteps = 256.0f;
  const int32_t largest = *std::max_element(x, x + depth);
  const std::array<float, 256> exponentials = ExponentialTable(scale);
  const auto exponential = [&](T q) { return exponentials[static_cast<size_t>(largest - q)]; };
  float sum = 0.0f;
  for (size_t i = 0; i < depth; ++i) sum += exponential(x[i]);
  const float factor = 1.0f / (sum * (1.0f / kSteps));
  for (size_t i = 0; i < depth; ++i) {
    y[i] = static_cast<T>(
        LimitsOf<T>().Clamp(LimitsOf<T>().low + static_cast<int32_t>(std::round(exponential(x[i]) * factor))));
  }
}

// Exponentials in Q0.31, their sum in Q12.19, the quotient in the result's 8 bits.
template <typename T>
void SoftmaxRow8(const T* x, T* y, size_t depth, const Differences& differences, float scale) {
  const int32_t largest = *std::max_element(x, x + depth);
  auto exponential = [&](int32_t q) { return numeric::ExpOfNegative(differences.Scaled(q - largest)); };
  int64_t wide_sum = 0;
  for (size_t i = 0; i < depth; ++i) {
    if (x[i] - largest >= differences.lowest) {
      wide_sum += numeric::RoundingShiftRight(exponential(x[i]), kSumBits);
    }
  }
  // The quotient would be shifted by more bits than there are: LiteRT's reference kernel ends the program.
  if (wide_sum >= int64_t{kMostSum} << (kBits - kSumBits)) return SoftmaxRowOfMany(x, y, depth, scale);
  const auto sum = static_cast<int32_t>(wide_sum);
  int exponent = 0;
  const int32_t reciprocal = numeric::Reciprocal(sum, kSumBits, &exponent);
  const int shift = std::clamp(exponent + kBits - static_cast<int>(8 * sizeof(T)), 0, kBits);
  for (size_t i = 0; i < depth; ++i) {
    int32_t result = LimitsOf<T>().low;
    if (x[i] - largest >= differences.lowest) {
      result += numeric::RoundingShiftRight(numeric::DoublingHighMul(reciprocal, exponential(x[i])), shift);
    }
    y[i] = static_cast<T>(LimitsOf<T>().Clamp(result));
  }
}

struct Tables16 {
  Table16 exponential, reciprocal;  // exp on [-10, 0]; 1 / (1 + x) on [0, 1]
};

const Tables16& SoftmaxTables16() {
  constexpr double kRange = 65535.0, kFarthest = 10.0;
  constexpr int32_t kTop = std::numeric_limits<int16_t>::max(), kBottom = std::numeric_limits<int16_t>::min();
  static const Tables16 tables = {
      Table16::Make<double>(kFarthest / kRange, kTop, 2.0 / kRange, 0, [](double x) { return std::exp(x); }),
      Table16::Make<double>(1.0 / kRange, kBottom, 2.0 / kRange, 0, [](double x) { return 1.0 / (1.0 + x); })};
  return tables;
}

void SoftmaxRow16(const int16_t* x, int16_t* y, size_t depth, const numeric::Multiplier& factor) {
  constexpr Limits kLimits = LimitsOf<int16_t>();
  constexpr int kHalfBits = 14, kFractionalBits = 15;
  const Tables16& tables = SoftmaxTables16();
  const int32_t largest = *std::max_element(x, x + depth);
  uint32_t sum = 0;  // Q16.15
  for (size_t i = 0; i < depth; ++i) {
    const int32_t scaled = WrapAdd(numeric::Rescale(x[i] - largest, factor), kLimits.high);
    y[i] = tables.exponential[static_cast<int16_t>(kLimits.Clamp(scaled))];
    sum += static_cast<uint32_t>(y[i]);
  }
  const int headroom = std::countl_zero(sum);
  // The sum in [1, 2), of which the table wants what is above 1, around the middle of its integers.
  const int64_t normalized = ((static_cast<int64_t>(sum) << (headroom - 1)) + (1 << (kHalfBits - 1))) >> kHalfBits;
  const int32_t centered = static_cast<int32_t>(normalized) - ((1 << kFractionalBits) + (1 << (kFractionalBits + 1)));
  const int64_t reciprocal = tables.reciprocal[static_cast<int16_t>(kLimits.Clamp(centered))];
  const int shift = kBits - headroom;
  for (size_t i = 0; i < depth; ++i) {
    const int64_t result = (y[i] * reciprocal + (int64_t{1} << (shift - 1))) >> shift;
    y[i] = static_cast<int16_t>(std::clamp<int64_t>(result, 0, kLimits.high));
  }
}

absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  const float beta = context.attrs.Float("beta");
  const Rows rows = RowsOf(context.inputs[0]);
  if (rows.depth == 0) return absl::OkStatus();
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    const T* x = context.inputs[0].As<T>();
    T* y = context.outputs[0].As<T>();
    if constexpr (sizeof(T) == 1) {
      const Differences differences = DifferencesOf(from.scale, beta);
      for (size_t r = 0; r < rows.rows; ++r)
        SoftmaxRow8(x + r * rows.depth, y + r * rows.depth, rows.depth, differences, from.scale * beta);
    } else {
      constexpr double kStep = 10.0 / 65535.0;  // of the table of exponentials
      const numeric::Multiplier factor = numeric::ToMultiplier(static_cast<double>(from.scale * beta) / kStep);
      for (size_t r = 0; r < rows.rows; ++r) SoftmaxRow16(x + r * rows.depth, y + r * rows.depth, rows.depth, factor);
    }
    return absl::OkStatus();
  });
}

}  // namespace

OpDef Softmax() {
  OpDef def = UnaryRecord("SOFTMAX", schema::BuiltinOperator_SOFTMAX, "", Eval);
  def.eval_quantized = EvalQuantized;
  def.infer = InferRowwise;
  def.options = {schema::BuiltinOptions_SoftmaxOptions, {{"beta", schema::SoftmaxOptions::VT_BETA, FieldKind::kFloat}}};
  def.tf = {{"Softmax", Import}};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.mask_flow = MaskFlow::kVanishes;
  def.quant.mask_factor = "beta";
  def.quant.fixed_int8 = {1.0f / 256, -128};
  def.quant.fixed_int16 = {1.0f / 32768, 0};
  def.version = Version;
  def.in_place_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
