// What convolutions and matrix products on quantized integers share: the way from sums of products to results.
#ifndef ZEROPOINT_OPS_QUANTIZED_CONV_H_
#define ZEROPOINT_OPS_QUANTIZED_CONV_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "kernels/conv.h"
#include "kernels/integer.h"
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
  static absl::StatusOr<SumToResult> Make(const EvalContext& context, int input, int weights, int bias,
                                          int64_t channels, Rounding rounding);

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
  // The same for `n` channels from `first` on.
  template <typename T, typename Sum>
  void ApplyRow(int64_t first, int64_t n, const Sum* sums, T* to) const {
    if constexpr (sizeof(T) == 1 && sizeof(Sum) == sizeof(int32_t)) {
      if (!values_.empty() && bias64_ == nullptr) return RescaleRow(first, n, sums, to);
    }
    for (int64_t c = 0; c < n; ++c) to[c] = Apply<T>(first + c, sums[c]);
  }
  int32_t input_zero() const { return input_zero_; }

 private:
  void RescaleRow(int64_t first, int64_t n, const int32_t* sums, int8_t* to) const;
  void RescaleRow(int64_t first, int64_t n, const int32_t* sums, uint8_t* to) const;
  void PackMultipliers();
  kernels::RescaleFactors FactorsFrom(int64_t first) const;

  static constexpr double kFar = 1 << 30;  // what is farther has left the limits anyway

  Rounding rounding_ = Rounding::kFixedPoint;
  bool wide_ = false;  // sums of 64 bits
  std::vector<numeric::Multiplier> multipliers_;
  std::vector<int32_t> values_, left_, right_;  // the multipliers of 32-bit sums, as kernels want them
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

// A convolution on integers, [out_c, kernel_h, kernel_w, in_c / groups]: finish(n, position, channel, count, sums) for
// runs of channels of one result, `position` counting rows of results from the start. zero_of(n): the zero point of
// batch entry n.
template <typename T, typename ZeroOf, typename F>
void ConvolveIntegers(const kernels::Window& window, const T* input, ZeroOf zero_of, const int16_t* weights,
                      int64_t groups, F finish) {
  using Sum = kernels::SumOf<T>;
  const int64_t depth = window.in_c / groups, taps = window.kernel_h * window.kernel_w * depth,
                count = window.out_c / groups, image_size = window.in_h * window.in_w * window.in_c,
                positions = window.out_h * window.out_w;
  // As many rows of taps as stay in the first-level cache beside some columns.
  constexpr int64_t kCachedTaps = 8192, kMostRows = 32;
  const int64_t most = std::clamp<int64_t>(kCachedTaps / std::max<int64_t>(taps, 1), 4, kMostRows);
  std::vector<int16_t> image(static_cast<size_t>(image_size)), rows(static_cast<size_t>(most * taps));
  std::vector<Sum> sums(static_cast<size_t>(most * count));
  for (int64_t n = 0; n < window.batch; ++n) {
    kernels::Widen(input + n * image_size, image_size, zero_of(n), image.data());
    for (int64_t first = 0; first < positions; first += most) {
      const int64_t height = std::min(most, positions - first);
      for (int64_t g = 0; g < groups; ++g) {
        for (int64_t r = 0; r < height; ++r) {
          const int64_t y = (first + r) / window.out_w, x = (first + r) % window.out_w;
          kernels::GatherTaps(window, image.data(), y, x, g * depth, depth, rows.data() + r * taps);
        }
        kernels::Products(rows.data(), height, weights + g * count * taps, count, taps, sums.data());
        for (int64_t r = 0; r < height; ++r)
          finish(n, n * positions + first + r, g * count, count, sums.data() + r * count);
      }
    }
  }
}

// The same for a depthwise convolution, weights [kernel_h, kernel_w, out_c].
template <typename T, typename ZeroOf, typename F>
void ConvolveIntegersDepthwise(const kernels::Window& window, const T* input, ZeroOf zero_of, const int16_t* weights,
                               F finish) {
  const int64_t taps = window.kernel_h * window.kernel_w, image_size = window.in_h * window.in_w * window.in_c,
                positions = window.out_h * window.out_w;
  std::vector<int16_t> image(static_cast<size_t>(image_size));
  std::vector<const int16_t*> pointers(static_cast<size_t>(taps));
  std::vector<kernels::SumOf<T>> sums(static_cast<size_t>(window.out_c));
  for (int64_t n = 0; n < window.batch; ++n) {
    kernels::Widen(input + n * image_size, image_size, zero_of(n), image.data());
    for (int64_t p = 0; p < positions; ++p) {
      kernels::FindTaps(window, image.data(), p / window.out_w, p % window.out_w, pointers.data());
      kernels::Depthwise(pointers.data(), taps, weights, window.in_c, window.out_c / window.in_c, sums.data());
      finish(n, n * positions + p, 0, window.out_c, sums.data());
    }
  }
}

// Weights of 8 or 4 bits as 16, without their zero point; prepared once. Null where they are not constant or of another
// type.
using WideWeights = std::vector<int16_t>;
std::shared_ptr<const WideWeights> WidenWeights(const TensorView& weights, int32_t zero = 0);
// What was prepared, or the weights of this call, kept by `now`. kUnimplemented for other types than int8 and int4.
absl::StatusOr<const int16_t*> WeightsOf(const EvalContext& context, int operand,
                                         std::shared_ptr<const WideWeights>& now, int32_t zero = 0);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_QUANTIZED_CONV_H_
