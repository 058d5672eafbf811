// What convolutions and matrix products on quantized integers share: the way from sums of products to results.
#ifndef ZEROPOINT_OPS_QUANTIZED_CONV_H_
#define ZEROPOINT_OPS_QUANTIZED_CONV_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "kernels/conv.h"
#include "numeric/fixed_point.h"
#include "ops/op_def.h"
#include "ops/quantized.h"

namespace zeropoint::ops {

// Which of LiteRT's ways turns a sum into a result.
enum class Rounding : uint8_t {
  kFixedPoint,  // by a multiplier: of 32 bits for 32-bit sums, of 16 bits for 64-bit ones
  kReal,        // by a double factor
};

// From sums of (x - zero) * weight to the result's integers, by output channel.
class SumToResult {
 public:
  // Operands of `context`: the input, the weights, and where `bias` >= 0, the bias.
  static absl::StatusOr<SumToResult> Make(const EvalContext& context, int input, int weights, int bias, int64_t channels,
                                          Rounding rounding);

  template <typename T>
  T Apply(int64_t channel, int64_t sum) const {
    const size_t c = static_cast<size_t>(channel);
    if (bias32_ != nullptr) sum += bias32_[c];
    if (bias64_ != nullptr) sum = WrapAdd(sum, bias64_[c]);
    int32_t y = 0;
    if (rounding_ == Rounding::kReal) {
      y = static_cast<int32_t>(std::clamp(std::round(static_cast<double>(sum) * factors_[c]), -kFar, kFar));
    } else {
      y = wide_ ? numeric::Rescale(sum, multipliers_[c]) : numeric::Rescale(static_cast<int32_t>(sum), multipliers_[c]);
    }
    return static_cast<T>(limits_.Clamp(WrapAdd(y, zero_point_)));
  }
  int32_t input_zero() const { return input_zero_; }

 private:
  static constexpr double kFar = 1 << 30;  // what is farther has left the limits anyway

  Rounding rounding_ = Rounding::kFixedPoint;
  bool wide_ = false;  // sums of 64 bits
  std::vector<numeric::Multiplier> multipliers_;
  std::vector<double> factors_;
  const int32_t* bias32_ = nullptr;
  const int64_t* bias64_ = nullptr;
  int32_t input_zero_ = 0, zero_point_ = 0;
  Limits limits_{0, 0};
};

// position(n, y, x) for every result of the window, in order.
template <typename F>
void ForEachPosition(const kernels::Window& window, F position) {
  for (int64_t n = 0; n < window.batch; ++n) {
    for (int64_t y = 0; y < window.out_h; ++y) {
      for (int64_t x = 0; x < window.out_w; ++x) position(n, y, x);
    }
  }
}

// Weights of 8 bits as 16, prepared once; null where they are not constant or not int8.
using WideWeights = std::vector<int16_t>;
std::shared_ptr<const WideWeights> WidenWeights(const TensorView& weights);
// What was prepared, or the weights of this call, kept by `now`. kUnimplemented for other types than int8.
absl::StatusOr<const int16_t*> WeightsOf(const EvalContext& context, int operand,
                                         std::shared_ptr<const WideWeights>& now);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_QUANTIZED_CONV_H_
