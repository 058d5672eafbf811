#include "kernels/integer.h"

#include <algorithm>

namespace zeropoint::kernels {

void IntegerProducts(const int16_t* row, const int16_t* columns, int64_t count, int64_t depth, int64_t* sums) {
  // So many products of 16 bits and 8 (with a sign more) stay within 32.
  constexpr int64_t kBlock = 255;
  for (int64_t c = 0; c < count; ++c) {
    const int16_t* column = columns + c * depth;
    int64_t sum = 0;
    for (int64_t begin = 0; begin < depth; begin += kBlock) {
      const int64_t end = std::min(depth, begin + kBlock);
      int32_t partial = 0;
      for (int64_t i = begin; i < end; ++i) partial += static_cast<int32_t>(row[i]) * column[i];
      sum += partial;
    }
    sums[c] = sum;
  }
}

void DepthwiseProducts(const int16_t* row, const int16_t* weights, int64_t taps, int64_t channels, int64_t multiplier,
                       int64_t* sums) {
  const int64_t results = channels * multiplier;
  std::fill_n(sums, results, 0);
  for (int64_t t = 0; t < taps; ++t, row += channels, weights += results) {
    if (multiplier == 1) {
      for (int64_t c = 0; c < channels; ++c) sums[c] += static_cast<int32_t>(row[c]) * weights[c];
      continue;
    }
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t m = c * multiplier; m < (c + 1) * multiplier; ++m) {
        sums[m] += static_cast<int32_t>(row[c]) * weights[m];
      }
    }
  }
}

void WideIntegerProducts(const int16_t* row, const int16_t* columns, int64_t count, int64_t depth, int64_t* sums) {
  for (int64_t c = 0; c < count; ++c) {
    const int16_t* column = columns + c * depth;
    int64_t sum = 0;
    for (int64_t i = 0; i < depth; ++i) sum += static_cast<int64_t>(static_cast<int32_t>(row[i]) * column[i]);
    sums[c] = sum;
  }
}

}  // namespace zeropoint::kernels
