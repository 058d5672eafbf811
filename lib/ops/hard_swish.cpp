// HARD_SWISH: y = x * relu6(x + 3) / 6. TF has no single op; a pass recognises it.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr int kHighBits = 7;  // to the left, so that 8 bits fill 16

// The upper 16 bits of a factor, rounded; 16 bits hold no 1.
int16_t Upper(const numeric::Multiplier& factor) {
  constexpr int32_t kLargest = std::numeric_limits<int32_t>::max() - (1 << 15);
  if (factor.value >= kLargest) return std::numeric_limits<int16_t>::max();
  return static_cast<int16_t>((factor.value + (1 << 15)) >> 16);
}

int16_t ShiftLeft16(int16_t x, int bits) {
  const int64_t shifted = static_cast<int64_t>(x) * (int64_t{1} << std::min(bits, 31));
  return static_cast<int16_t>(
      std::clamp<int64_t>(shifted, std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max()));
}

// In 16 bits: relu6(x + 3) / 6 as a number between 0 and 1, times x on the result's scale.
struct Scales {
  int16_t output, gate;
  int output_shift, gate_shift;

  int16_t Result(int32_t x) const {
    const int16_t high = static_cast<int16_t>(x * (1 << kHighBits));
    const int16_t unshifted = numeric::DoublingHighMul16(high, output);
    int16_t open = gate_shift > 0 ? ShiftLeft16(high, gate_shift - 1) : high;
    open = numeric::DoublingHighMul16(open, gate);
    if (gate_shift > 0) open = ShiftLeft16(open, 1);
    if (gate_shift < 0) open = static_cast<int16_t>(numeric::RoundingShiftRight(open, std::min(-gate_shift, 15)));
    open = static_cast<int16_t>((open + (1 << 15)) >> 1);
    // Without rounding: what the roundings before have added is lost again.
    const int16_t product = static_cast<int16_t>(static_cast<int32_t>(open) * unshifted / (1 << 15));
    return static_cast<int16_t>(numeric::RoundingShiftRight(product, std::min(-output_shift, 15)));
  }
};

absl::Status EvalQuantized(const EvalContext& context) {
  constexpr float kGateScale = 3.0f / 32768.0f;  // on which 3 is 2^15
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  const float high_scale = from.scale / static_cast<float>(1 << kHighBits);
  const numeric::Multiplier output = numeric::ToMultiplier(static_cast<double>(high_scale / to.scale));
  const numeric::Multiplier gate = numeric::ToMultiplier(static_cast<double>(high_scale / kGateScale));
  if (output.shift > 0) return absl::UnimplementedError("the result's scale is too fine for the operand's");
  const Scales scales{Upper(output), Upper(gate), output.shift, gate.shift};
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    if constexpr (sizeof(T) == 1) {
      MapUnary<T, T>(context, [&](T q) {
        return static_cast<T>(LimitsOf<T>().Clamp(scales.Result(q - from.zero_point) + to.zero_point));
      });
      return absl::OkStatus();
    } else {
      return NoIntegerKernelFor(context.outputs[0].type);
    }
  });
}

}  // namespace

OpDef HardSwish() {
  OpDef def = UnaryRecord("HARD_SWISH", schema::BuiltinOperator_HARD_SWISH, "", EvalUnary<kernels::Unary::kHardSwish>);
  def.eval_quantized = EvalQuantized;
  def.options = {schema::BuiltinOptions_HardSwishOptions, {}, /*written=*/false};
  def.quant.int8 = true;
  def.quant.by_table = true;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
