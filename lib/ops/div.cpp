// DIV: a / b, numpy broadcasting; integers round toward zero.
#include <algorithm>
#include <bit>
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  const ElementType type = context.inputs[0].type;
  if (type == ElementType::kFloat32 || type == ElementType::kFloat64)
    return EvalBinaryFloat(context, kernels::Binary::kDiv);
  ZP_RETURN_IF_ERROR(CheckNoZero(context.inputs[1]));
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return TruncatedQuotient(a, b); });
}

int Version(const VersionContext& context) { return IsWideBroadcast(context) ? 2 : 1; }

// Bits of `x` above the first that differs from the sign, the sign not counted.
int SignBits(int32_t x) {
  const uint32_t bits = static_cast<uint32_t>(x < 0 ? ~x : x);
  return std::countl_zero(bits) - 1;
}

absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params a, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params b, ParamsOf(context.inputs[1].quant));
  ZP_ASSIGN_OR_RETURN(const Params y, ParamsOf(context.outputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Limits limits, FusedLimits(context.attrs, context.outputs[0]));
  if (context.outputs[0].type == ElementType::kInt16) return NoIntegerKernelFor(context.outputs[0].type);
  const numeric::Multiplier factor = numeric::ToMultiplier(static_cast<double>(a.scale / (b.scale * y.scale)));
  constexpr int kIntegerBits = 31, kMaxShift = 31;
  return ForIntegers(context, 2, [&]<typename T>(T) -> absl::Status {
    bool by_zero = false;
    MapBinary<T, T>(context, [&](T p, T q) {
      const int32_t dividend = q < b.zero_point ? a.zero_point - p : p - a.zero_point;
      const int32_t divisor = std::abs(q - b.zero_point);
      by_zero = by_zero || divisor == 0;
      if (divisor == 0) return T{0};
      int exponent = 0;
      const int32_t reciprocal = numeric::Reciprocal(divisor, kIntegerBits, &exponent);
      const int headroom = SignBits(dividend);
      const int32_t quotient = numeric::DoublingHighMul(numeric::ShiftLeft(dividend, headroom), reciprocal);
      const int right = std::max(exponent + headroom - factor.shift, 0);
      const int32_t product = numeric::DoublingHighMul(quotient, factor.value);
      // LiteRT's kernel shifts by more than the word has bits where the dividend is 0, and gets 1.
      const int32_t scaled = right <= kMaxShift ? numeric::RoundingShiftRight(product, right)
                                                : (product >> (right & kMaxShift)) + (product >= 0 ? 1 : 0);
      return static_cast<T>(limits.Clamp(WrapAdd(scaled, y.zero_point)));
    });
    return by_zero ? absl::InvalidArgumentError("division of integers by zero") : absl::OkStatus();
  });
}

// LiteRT's kernel refuses to run when a divisor is 0, and for quotients below about a quarter of the result's step it
// shifts by more bits than a word has and gives the largest or smallest number there is (measured, all dividends and
// divisors).
absl::string_view Int8Gap(absl::Span<const Int8Value> values) {
  constexpr double kFewestSteps = 1.0;       // of a divisor: room for what calibration did not see
  constexpr double kSmallestQuotient = 0.5;  // in steps of the result
  const Int8Value &a = values[0], &b = values[1], &y = values[2];
  const bool has_zero = b.least <= 0.0 && b.greatest >= 0.0;
  if (has_zero || std::min(std::abs(b.least), std::abs(b.greatest)) < kFewestSteps * b.scale) {
    return "its divisor comes near 0, and LiteRT's integer kernel refuses to divide by 0";
  }
  const bool small = a.least <= 0.0 && a.greatest >= 0.0;
  const double dividend = small ? 0.0 : std::min(std::abs(a.least), std::abs(a.greatest));
  const Limits limits = LimitsOf<int8_t>();
  const double largest = b.scale * static_cast<double>(std::max(limits.high - b.zero_point, b.zero_point - limits.low));
  if (std::max(dividend, a.scale) / largest < kSmallestQuotient * y.scale) {
    return "LiteRT's integer kernel computes quotients wrongly that are smaller than a step of its result";
  }
  return "";
}

}  // namespace

OpDef Div() {
  OpDef def = BinaryRecord("DIV", schema::BuiltinOperator_DIV, "Div", Eval);
  def.eval_quantized = EvalQuantized;
  def.tf.push_back({"RealDiv"});
  def.options = {schema::BuiltinOptions_DivOptions,
                 {{kFusedActivation, schema::DivOptions::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8}}};
  def.quant.int8 = true;
  def.quant.int8_gap = Int8Gap;
  def.version = Version;
  def.absorbs_activation = true;
  def.check = {0.1f, 4.0f};
  def.in_place_operands = 2;
  def.quant.integer_rewrite = "a MUL where the divisor is a constant";
  def.runtime = {
      .int8 = {1, 4}, .int16 = kNever, .gap = "its int16 kernel overflows; before 1.4 it took no int8 either"};
  def.overwritable_operands = 2;
  return def;
}

}  // namespace zeropoint::ops::records
