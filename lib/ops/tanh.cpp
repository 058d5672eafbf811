// TANH: the hyperbolic tangent.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "ops/sigmoid16.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

// tanh(x) = 2 sigmoid(2x) - 1, between the table's entries in 256 steps.
int16_t Interpolate(int32_t x) {
  constexpr int kBits = 8;
  constexpr uint32_t kLast = 255;
  constexpr int32_t kHalf = 1 << (15 + kBits), kRound = 1 << (kBits - 1);
  const SigmoidTable& table = Sigmoid16();
  const uint32_t magnitude = static_cast<uint32_t>(x < 0 ? -x : x), at = magnitude >> kBits;
  int32_t y = 0xFFFF << kBits;
  if (at < kLast) {
    const int32_t low = table[at], slope = table[at + 1] - low;
    y = (low << kBits) + static_cast<int32_t>(magnitude & ((1u << kBits) - 1)) * slope;
  }
  return static_cast<int16_t>((x >= 0 ? y - kHalf + kRound : -y + kHalf + kRound - 1) >> kBits);
}

absl::Status EvalQuantized(const EvalContext& context) {
  if (context.outputs[0].type != ElementType::kInt16) {
    return EvalByTable(
        context, [](float x) { return std::tanh(x); }, /*wide=*/false);
  }
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  const SigmoidScale scale = SigmoidScaleOf(from.scale, 1);
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    MapUnary<int16_t, int16_t>(context, [&](int16_t q) { return Interpolate(scale.Apply(q)); });
    return absl::OkStatus();
  });
}

}  // namespace

OpDef Tanh() {
  OpDef def = UnaryRecord("TANH", schema::BuiltinOperator_TANH, "Tanh", EvalUnary<kernels::Unary::kTanh>);
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.quant.fixed_int8 = {1.0f / 128, 0};
  def.quant.fixed_int16 = {1.0f / 32768, 0};
  def.version = VersionByInt8Then16;
  def.quant.by_table = true;
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
