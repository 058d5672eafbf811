#include "ops/quantized.h"

#include <cmath>
#include <cstring>

#include "ops/activation.h"

namespace zeropoint::ops {
namespace {

// LiteRT wraps what does not fit; so large only where the scale has nothing to do with the bounds.
int32_t QuantizedBound(const Params& params, float real) {
  const float q = static_cast<float>(params.zero_point) + std::round(real / params.scale);
  constexpr float kFar = 1 << 30;
  return static_cast<int32_t>(std::clamp(q, -kFar, kFar));
}

}  // namespace

absl::StatusOr<Params> ParamsOf(const ir::QuantParams* quant) {
  if (quant == nullptr || !quant->quantized()) return absl::InvalidArgumentError("a quantized tensor has no scale");
  if (quant->scale.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("an activation has ", quant->scale.size(), " scales"));
  }
  const Params params{quant->scale[0], static_cast<int32_t>(quant->zero_point[0])};
  const bool fits = quant->zero_point[0] >= std::numeric_limits<int16_t>::min() &&
                    quant->zero_point[0] <= std::numeric_limits<int16_t>::max();
  if (!(params.scale > 0.0f) || !std::isfinite(params.scale) || !fits) {
    return absl::InvalidArgumentError(absl::StrCat("scale ", params.scale, " and zero point ", quant->zero_point[0],
                                                   " are no parameters of an activation"));
  }
  return params;
}

absl::string_view NegativeRootGap(absl::Span<const Int8Value> values) {
  if (values[0].zero_point <= LimitsOf<int8_t>().low) return "";
  return "its operand can be negative, and LiteRT's integer kernel refuses to take such a root";
}

Limits LimitsOf(ElementType type) {
  switch (type) {
    case ElementType::kUInt8:
      return LimitsOf<uint8_t>();
    case ElementType::kInt16:
      return LimitsOf<int16_t>();
    default:
      return LimitsOf<int8_t>();
  }
}

Limits LimitsOfReals(ElementType type, const Params& params, float low, float high) {
  Limits limits = LimitsOf(type);
  if (std::isfinite(low)) limits.low = std::max(limits.low, QuantizedBound(params, low));
  if (std::isfinite(high)) limits.high = std::min(limits.high, QuantizedBound(params, high));
  // Bounds outside the integers: nothing but the nearer end is left.
  limits.low = std::min(limits.low, LimitsOf(type).high);
  limits.high = std::max(limits.high, limits.low);
  return limits;
}

absl::StatusOr<Limits> FusedLimits(const ir::Attributes& attrs, const MutableView& result) {
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(attrs));
  ZP_ASSIGN_OR_RETURN(const Params params, ParamsOf(result.quant));
  return LimitsOfReals(result.type, params, clamp.low, clamp.high);
}

std::array<uint8_t, 16> ZeroElement(const MutableView& tensor) {
  std::array<uint8_t, 16> element{};
  if (tensor.quant == nullptr || !tensor.quant->quantized() || !Traits(tensor.type).is_integer) return element;
  const uint64_t zero = static_cast<uint64_t>(tensor.quant->zero_point[0]);  // two's complement, as wide as any element
  std::memcpy(element.data(), &zero, sizeof(zero));
  return element;
}

absl::Status NoIntegerKernelFor(ElementType type) {
  return absl::UnimplementedError(absl::StrCat("the op has no integer kernel for ", Name(type)));
}

CommonScale TwiceTheLarger(const Params& a, const Params& b, int shift) {
  const double twice = static_cast<double>(2 * std::max(a.scale, b.scale));
  return {a.zero_point, b.zero_point, numeric::ToMultiplier(static_cast<double>(a.scale) / twice),
          numeric::ToMultiplier(static_cast<double>(b.scale) / twice), shift};
}

absl::Status EvalQuantizedSum(const EvalContext& context, int sign) {
  constexpr int kShift8 = 20, kShift16 = 15;  // as far as the operands' bits leave room in 32
  ZP_ASSIGN_OR_RETURN(const Params a, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params b, ParamsOf(context.inputs[1].quant));
  ZP_ASSIGN_OR_RETURN(const Params y, ParamsOf(context.outputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Limits limits, FusedLimits(context.attrs, context.outputs[0]));
  return ForIntegers(context, 2, [&]<typename T>(T) -> absl::Status {
    const CommonScale common = TwiceTheLarger(a, b, sizeof(T) == 1 ? kShift8 : kShift16);
    const float unit = static_cast<float>(1 << common.shift) * y.scale;
    const double twice = static_cast<double>(2 * std::max(a.scale, b.scale));
    const numeric::Multiplier back = numeric::ToMultiplier(twice / static_cast<double>(unit));
    MapBinary<T, T>(context, [&](T p, T q) {
      const int32_t sum = WrapAdd<int32_t>(common.A(p), sign * common.B(q));
      return static_cast<T>(limits.Clamp(WrapAdd<int32_t>(numeric::Rescale(sum, back), y.zero_point)));
    });
    return absl::OkStatus();
  });
}

absl::Status EvalQuantizedClamp(const EvalContext& context, float low, float high) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  const Limits limits = LimitsOfReals(context.outputs[0].type, to, low, high);
  numeric::Multiplier factor = numeric::ToMultiplier(static_cast<double>(from.scale / to.scale));
  // As in MUL: only a result whose scale is next to nothing has such a factor, and processors shift modulo 32.
  if (factor.shift >= 32) factor.shift %= 32;
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    MapUnary<T, T>(context, [&](T q) {
      const int32_t scaled = numeric::Rescale(static_cast<int32_t>(q) - from.zero_point, factor);
      return static_cast<T>(limits.Clamp(WrapAdd<int32_t>(scaled, to.zero_point)));
    });
    return absl::OkStatus();
  });
}

}  // namespace zeropoint::ops
