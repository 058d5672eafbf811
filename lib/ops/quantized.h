// What kernels on quantized integers share: parameters, limits, tables, and loops over elements.
#ifndef ZEROPOINT_OPS_QUANTIZED_H_
#define ZEROPOINT_OPS_QUANTIZED_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "ir/graph.h"
#include "numeric/fixed_point.h"
#include "ops/elementwise.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// A tensor's only scale and zero point.
struct Params {
  float scale = 1.0f;
  int32_t zero_point = 0;

  friend bool operator==(const Params& a, const Params& b) {
    return a.scale == b.scale && a.zero_point == b.zero_point;
  }
};
// kInvalidArgument when there is none, one that is not positive, several, or a zero point beyond 16 bits.
absl::StatusOr<Params> ParamsOf(const ir::QuantParams* quant);

struct Limits {
  int32_t low, high;
  int32_t Clamp(int32_t q) const { return std::clamp(q, low, high); }
};
template <typename T>
constexpr Limits LimitsOf() {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}
// int8_gap of roots, whose kernels in LiteRT refuse to run where an operand is negative.
absl::string_view NegativeRootGap(absl::Span<const Int8Value> values);
// Those of an element type of 8 or 16 bits.
Limits LimitsOf(ElementType type);
// What the node's fused activation leaves of the result's integers.
absl::StatusOr<Limits> FusedLimits(const ir::Attributes& attrs, const MutableView& result);
// The integers of the reals in [low, high], infinite where there is no bound.
Limits LimitsOfReals(ElementType type, const Params& params, float low, float high);

// The element of the tensor that stands for 0: all bits zero unless it is quantized.
std::array<uint8_t, 16> ZeroElement(const MutableView& tensor);

absl::Status NoIntegerKernelFor(ElementType type);
// kUnimplemented unless all operands in [0, n) and the first result have one type; calls f(T{}) with int8_t, uint8_t or
// int16_t.
template <typename F>
absl::Status ForIntegers(const EvalContext& context, size_t n, F f) {
  const ElementType type = context.outputs[0].type;
  for (size_t i = 0; i < n; ++i) {
    if (context.inputs[i].type != type) return NoIntegerKernelFor(context.inputs[i].type);
  }
  switch (type) {
    case ElementType::kInt8:
      return f(int8_t{});
    case ElementType::kUInt8:
      return f(uint8_t{});
    case ElementType::kInt16:
      return f(int16_t{});
    default:
      return NoIntegerKernelFor(type);
  }
}

// --- functions by table

// The result of every integer of 8 bits, in the order of the integers: a real function, evaluated in float32 and
// rounded half away from zero.
template <typename T, typename F>
std::array<T, 256> MakeTable(const Params& from, const Params& to, F function) {
  std::array<T, 256> table;
  const float inverse = 1.0f / to.scale;
  constexpr Limits kLimits = LimitsOf<T>();
  for (int32_t q = kLimits.low; q <= kLimits.high; ++q) {
    const float real = from.scale * static_cast<float>(q - from.zero_point);
    const float result = std::round(function(real) * inverse) + static_cast<float>(to.zero_point);
    const float low = static_cast<float>(kLimits.low), high = static_cast<float>(kLimits.high);
    table[static_cast<size_t>(q - kLimits.low)] =
        std::isnan(result) ? static_cast<T>(kLimits.low) : static_cast<T>(std::clamp(result, low, high));
  }
  return table;
}

// A function of int16: 512 intervals over all integers, linear in each.
class Table16 {
 public:
  // Steps are computed in Real (float or double), as LiteRT's kernels choose.
  template <typename Real, typename F>
  static Table16 Make(Real from_scale, int32_t from_zero, Real to_scale, int32_t to_zero, F function) {
    constexpr Real kLowest = std::numeric_limits<int16_t>::min(), kHighest = std::numeric_limits<int16_t>::max();
    const Real first = from_scale * static_cast<Real>(std::numeric_limits<int16_t>::min() - from_zero);
    const Real last = from_scale * static_cast<Real>(std::numeric_limits<int16_t>::max() - from_zero);
    const Real low = to_scale * static_cast<Real>(std::numeric_limits<int16_t>::min() - to_zero);
    const Real high = to_scale * static_cast<Real>(std::numeric_limits<int16_t>::max() - to_zero);
    const Real step = (last - first) / kSteps, inverse = (kHighest - kLowest + 1) / (high - low);
    auto clamped = [&](Real value) {
      return static_cast<int16_t>(std::isnan(value) ? kLowest : std::min(std::max(value, kLowest), kHighest));
    };
    Table16 table;
    for (int i = 0; i < kSteps; ++i) {
      const Real at = first + static_cast<Real>(i) * step, next = first + static_cast<Real>(i + 1) * step;
      const Real sample = std::round(function(at) * inverse);
      const Real interpolated = std::round((function(next) * inverse + std::round(function(at) * inverse)) / 2);
      // Half of what interpolation misses in the middle is taken from the ends.
      const Real error = interpolated - std::round(function(at + step / 2) * inverse);
      table.values_[static_cast<size_t>(i)] = clamped(sample - std::round(error / 2));
    }
    table.values_[kSteps] = clamped(std::round(function(last) * inverse));
    return table;
  }

  int16_t operator[](int16_t x) const {
    constexpr int kBits = 7;
    const int index = (x >> kBits) + kSteps / 2;
    const int32_t base = values_[static_cast<size_t>(index)], slope = values_[static_cast<size_t>(index) + 1] - base;
    const int32_t offset = x & ((1 << kBits) - 1);
    return static_cast<int16_t>(base + ((slope * offset + (1 << (kBits - 1))) >> kBits));
  }

 private:
  static constexpr int kSteps = 512;
  std::array<int16_t, kSteps + 1> values_{};
};

// eval_quantized of ops that LiteRT computes by table: int8 and uint8 exactly, int16 in 512 intervals where `wide`.
template <typename F>
absl::Status EvalByTable(const EvalContext& context, F function, bool wide) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    if constexpr (sizeof(T) == 1) {
      const std::array<T, 256> table = MakeTable<T>(from, to, function);
      constexpr int32_t kLow = LimitsOf<T>().low;
      MapUnary<T, T>(context, [&](T q) { return table[static_cast<size_t>(q - kLow)]; });
      return absl::OkStatus();
    } else {
      if (!wide) return NoIntegerKernelFor(context.outputs[0].type);
      const Table16 table = Table16::Make<float>(from.scale, from.zero_point, to.scale, to.zero_point, function);
      MapUnary<T, T>(context, [&](T q) { return table[q]; });
      return absl::OkStatus();
    }
  });
}

// --- two operands

// Both operands brought to one scale, shifted left for the digits that rounding would lose.
struct CommonScale {
  int32_t zero_a, zero_b;
  numeric::Multiplier a, b;
  int shift;

  int32_t A(int32_t q) const { return numeric::Rescale(numeric::ShiftLeft(q - zero_a, shift), a); }
  int32_t B(int32_t q) const { return numeric::Rescale(numeric::ShiftLeft(q - zero_b, shift), b); }
};
// The scale is twice the larger one of the operands.
CommonScale TwiceTheLarger(const Params& a, const Params& b, int shift);

// eval_quantized of ADD (sign 1) and SUB (sign -1).
absl::Status EvalQuantizedSum(const EvalContext& context, int sign);

// eval_quantized of comparisons: f(a, b) on integers of one scale.
template <typename F>
absl::Status EvalQuantizedComparison(const EvalContext& context, F f) {
  constexpr int kShift = 8;
  ZP_ASSIGN_OR_RETURN(const Params a, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params b, ParamsOf(context.inputs[1].quant));
  if (context.inputs[0].type != context.inputs[1].type) return NoIntegerKernelFor(context.inputs[1].type);
  const CommonScale common{a.zero_point, b.zero_point, numeric::ToMultiplier(static_cast<double>(a.scale)),
                           numeric::ToMultiplier(static_cast<double>(b.scale)), kShift};
  const auto compare = [&](int32_t x, int32_t y) { return f(common.A(x), common.B(y)); };
  switch (context.inputs[0].type) {
    case ElementType::kInt8:
      MapBinary<int8_t, bool>(context, compare);
      return absl::OkStatus();
    case ElementType::kUInt8:
      MapBinary<uint8_t, bool>(context, compare);
      return absl::OkStatus();
    case ElementType::kInt16:
      MapBinary<int16_t, bool>(context, compare);
      return absl::OkStatus();
    default:
      return NoIntegerKernelFor(context.inputs[0].type);
  }
}

// eval_quantized of MAXIMUM and MINIMUM, whose operands and result share their parameters: f of the integers.
template <typename F>
absl::Status EvalSameScale(const EvalContext& context, F f) {
  return ForIntegers(context, 2, [&]<typename T>(T) -> absl::Status {
    MapBinary<T, T>(context, f);
    return absl::OkStatus();
  });
}

// --- one operand

// eval_quantized of the RELU family: rescaled, then clamped to the reals in [low, high].
absl::Status EvalQuantizedClamp(const EvalContext& context, float low, float high);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_QUANTIZED_H_
