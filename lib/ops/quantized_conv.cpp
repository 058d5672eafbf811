#include "ops/quantized_conv.h"

#include "kernels/integer.h"

namespace zeropoint::ops {

absl::StatusOr<SumToResult> SumToResult::Make(const EvalContext& context, int input, int weights, int bias,
                                              int64_t channels, Rounding rounding) {
  const TensorView& x = context.inputs[static_cast<size_t>(input)];
  const TensorView& w = context.inputs[static_cast<size_t>(weights)];
  const MutableView& y = context.outputs[0];
  SumToResult result;
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(x.quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(y.quant));
  ZP_ASSIGN_OR_RETURN(result.limits_, FusedLimits(context.attrs, y));
  if (w.quant == nullptr || !w.quant->quantized()) return absl::InvalidArgumentError("the weights have no scale");
  const std::vector<float>& scales = w.quant->scale;
  if (scales.size() != 1 && static_cast<int64_t>(scales.size()) != channels) {
    return absl::InvalidArgumentError(absl::StrCat(scales.size(), " scales for ", channels, " output channels"));
  }
  result.rounding_ = rounding;
  result.input_zero_ = from.zero_point;
  result.zero_point_ = to.zero_point;
  // LiteRT sums in the bias's type; where there is none, in what the attribute names.
  const int64_t bias_type = context.attrs.Int("quantized_bias_type");
  result.wide_ = x.type == ElementType::kInt16 && bias_type != static_cast<int64_t>(ElementType::kInt32);
  for (int64_t c = 0; c < channels; ++c) {
    const float scale = scales[scales.size() == 1 ? 0 : static_cast<size_t>(c)];
    const double factor = static_cast<double>(from.scale) * static_cast<double>(scale) / static_cast<double>(to.scale);
    if (rounding == Rounding::kReal)
      result.factors_.push_back(factor);
    else
      result.multipliers_.push_back(numeric::ToMultiplier(factor));
  }
  result.PackMultipliers();
  const bool has_bias = bias >= 0 && static_cast<size_t>(bias) < context.inputs.size() &&
                        context.inputs[static_cast<size_t>(bias)].data != nullptr;
  if (!has_bias) return result;
  const TensorView& b = context.inputs[static_cast<size_t>(bias)];
  if (b.elements() != channels) {
    return absl::InvalidArgumentError(
        absl::StrCat("a bias of ", b.elements(), " elements for ", channels, " channels"));
  }
  if (b.type == ElementType::kInt32)
    result.bias32_ = b.As<int32_t>();
  else if (b.type == ElementType::kInt64)
    result.bias64_ = b.As<int64_t>();
  else
    return NoIntegerKernelFor(b.type);
  result.wide_ = result.bias64_ != nullptr;
  return result;
}

// Kernels of 32-bit sums take no negative factors; those come from scales that no writer chooses.
void SumToResult::PackMultipliers() {
  const bool all_positive = std::all_of(multipliers_.begin(), multipliers_.end(),
                                        [](const numeric::Multiplier& m) { return m.value >= 0 && m.shift <= 31; });
  if (!all_positive) return;
  for (const numeric::Multiplier& multiplier : multipliers_) {
    values_.push_back(multiplier.value);
    left_.push_back(std::max(multiplier.shift, 0));
    right_.push_back(std::max(-multiplier.shift, 0));
  }
}

kernels::RescaleFactors SumToResult::FactorsFrom(int64_t first) const {
  return {values_.data() + first,
          left_.data() + first,
          right_.data() + first,
          bias32_ == nullptr ? nullptr : bias32_ + first,
          zero_point_,
          limits_.low,
          limits_.high};
}

void SumToResult::RescaleRow(int64_t first, int64_t n, const int32_t* sums, int8_t* to) const {
  kernels::BestIntegerKernels().rescale_int8(sums, n, FactorsFrom(first), to);
}

void SumToResult::RescaleRow(int64_t first, int64_t n, const int32_t* sums, uint8_t* to) const {
  kernels::BestIntegerKernels().rescale_uint8(sums, n, FactorsFrom(first), to);
}

std::shared_ptr<const WideWeights> WidenWeights(const TensorView& weights, int32_t zero) {
  if (weights.data == nullptr) return nullptr;
  auto wide = std::make_shared<WideWeights>(static_cast<size_t>(weights.elements()));
  if (weights.type == ElementType::kInt8) {
    kernels::Widen(weights.As<int8_t>(), weights.elements(), zero, wide->data());
    return wide;
  }
  if (weights.type != ElementType::kInt4) return nullptr;
  // Two a byte, the first one below; shifted up and down again for the sign.
  for (size_t i = 0; i < wide->size(); ++i) {
    const int byte = weights.As<uint8_t>()[i / 2];
    const auto up = static_cast<int8_t>(i % 2 == 0 ? byte << 4 : byte & 0xF0);
    (*wide)[i] = static_cast<int16_t>((up >> 4) - zero);
  }
  return wide;
}

absl::StatusOr<const int16_t*> WeightsOf(const EvalContext& context, int operand,
                                         std::shared_ptr<const WideWeights>& now, int32_t zero) {
  if (context.prepared != nullptr) return static_cast<const WideWeights*>(context.prepared)->data();
  const TensorView& weights = context.inputs[static_cast<size_t>(operand)];
  now = WidenWeights(weights, zero);
  if (now == nullptr) return NoIntegerKernelFor(weights.type);
  return now->data();
}

}  // namespace zeropoint::ops
