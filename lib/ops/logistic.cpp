// LOGISTIC: y = 1 / (1 + exp(-x)).
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "ops/sigmoid16.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

// Between the table's entries in 512 steps; 16 fractional bits and 9 more become 15.
int16_t Interpolate(int32_t x) {
  constexpr uint32_t kBits = 9, kLast = 255;
  const SigmoidTable& table = Sigmoid16();
  const uint32_t magnitude = static_cast<uint32_t>(x < 0 ? -x : x), at = magnitude >> kBits;
  uint32_t y = 0x7FFFu << (kBits + 1);
  if (at < kLast) {
    const uint32_t low = table[at], slope = table[at + 1] - low;
    y = (low << kBits) + (magnitude & ((1u << kBits) - 1)) * slope;
  }
  y = x >= 0 ? y + (1u << kBits) : (1u << (16 + kBits)) - y + (1u << kBits) - 1;
  return static_cast<int16_t>(y >> (kBits + 1));
}

absl::Status EvalQuantized(const EvalContext& context) {
  if (context.outputs[0].type != ElementType::kInt16) {
    return EvalByTable(
        context, [](float x) { return 1.0f / (1.0f + std::exp(-x)); }, /*wide=*/false);
  }
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  const SigmoidScale scale = SigmoidScaleOf(from.scale, 0);
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    MapUnary<int16_t, int16_t>(context, [&](int16_t q) { return Interpolate(scale.Apply(q)); });
    return absl::OkStatus();
  });
}

}  // namespace

OpDef Logistic() {
  OpDef def =
      UnaryRecord("LOGISTIC", schema::BuiltinOperator_LOGISTIC, "Sigmoid", EvalUnary<kernels::Unary::kLogistic>);
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.quant.fixed_int8 = {1.0f / 256, -128};
  def.quant.fixed_int16 = {1.0f / 32768, 0};
  def.version = VersionByInt8Then16;
  def.quant.by_table = true;
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
