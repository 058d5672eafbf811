// Plain loops that say what the vector loops over integers compute, written apart from them.
#include "kernels/integer.h"

#include <algorithm>

#include "kernels/reference/reference.h"
#include "numeric/fixed_point.h"

namespace zeropoint::kernels::reference {
namespace {

template <typename Sum>
void Products(const int16_t* rows, int64_t n, const int16_t* columns, int64_t count, int64_t depth, Sum* sums) {
  for (int64_t r = 0; r < n; ++r) {
    for (int64_t c = 0; c < count; ++c) {
      int64_t sum = 0;
      for (int64_t i = 0; i < depth; ++i) sum += static_cast<int64_t>(rows[r * depth + i]) * columns[c * depth + i];
      sums[r * count + c] = static_cast<Sum>(sum);
    }
  }
}

template <typename Sum>
void Depthwise(const int16_t* const* taps, int64_t n, const int16_t* weights, int64_t channels, int64_t multiplier,
               Sum* sums) {
  for (int64_t m = 0; m < channels * multiplier; ++m) {
    int64_t sum = 0;
    for (int64_t t = 0; t < n; ++t) {
      if (taps[t] != nullptr)
        sum += static_cast<int64_t>(taps[t][m / multiplier]) * weights[t * channels * multiplier + m];
    }
    sums[m] = static_cast<Sum>(sum);
  }
}

template <typename T>
void RescaleTo(const int32_t* sums, int64_t n, const RescaleFactors& factors, T* to) {
  for (int64_t c = 0; c < n; ++c) {
    const uint32_t bias = factors.bias == nullptr ? 0 : static_cast<uint32_t>(factors.bias[c]);
    const auto sum = static_cast<int32_t>(static_cast<uint32_t>(sums[c]) + bias);
    const int32_t scaled = numeric::Rescale(sum, {factors.values[c], factors.left[c] - factors.right[c]});
    const auto moved = static_cast<int32_t>(static_cast<uint32_t>(scaled) + static_cast<uint32_t>(factors.zero));
    to[c] = static_cast<T>(std::clamp(moved, factors.low, factors.high));
  }
}

}  // namespace

const IntegerKernels* Integers() {
  static constexpr IntegerKernels kTable = {Isa::kReference,    "reference",       Products<int32_t>,
                                            Products<int64_t>,  Products<int64_t>, Depthwise<int32_t>,
                                            Depthwise<int64_t>, RescaleTo<int8_t>, RescaleTo<uint8_t>};
  return &kTable;
}

}  // namespace zeropoint::kernels::reference
