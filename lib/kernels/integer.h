// Sums of products of integers, exact in any order.
#ifndef ZEROPOINT_KERNELS_INTEGER_H_
#define ZEROPOINT_KERNELS_INTEGER_H_

#include <cstdint>

#include "kernels/conv.h"

namespace zeropoint::kernels {

// to[i] = from[i] - zero. The difference must fit in 16 bits, which it does for 8 bits, and for int16 with zero 0.
template <typename T>
void Widen(const T* from, int64_t n, int32_t zero, int16_t* to) {
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<int16_t>(from[i] - zero);
}

// sums[c] = sum over i < depth of row[i] * columns[c * depth + i]. The columns' magnitudes are at most 256.
void IntegerProducts(const int16_t* row, const int16_t* columns, int64_t count, int64_t depth, int64_t* sums);
// The same for columns of any magnitude.
void WideIntegerProducts(const int16_t* row, const int16_t* columns, int64_t count, int64_t depth, int64_t* sums);

// sums[c * multiplier + m] = sum over taps t of row[t][c] * weights[t][c * multiplier + m]. Weights as in IntegerProducts.
void DepthwiseProducts(const int16_t* row, const int16_t* weights, int64_t taps, int64_t channels, int64_t multiplier,
                       int64_t* sums);

// The taps of one result of a window as one row: [kernel_h][kernel_w][depth], from channels [first, first + depth), zeros
// in the padding, which stand for `zero`.
template <typename T>
void GatherTaps(const Window& window, const T* image, int64_t y, int64_t x, int64_t first, int64_t depth, int32_t zero,
                int16_t* row) {
  for (int64_t ky = 0; ky < window.kernel_h; ++ky) {
    const int64_t in_y = y * window.stride_h - window.pad_top + ky * window.dilation_h;
    for (int64_t kx = 0; kx < window.kernel_w; ++kx, row += depth) {
      const int64_t in_x = x * window.stride_w - window.pad_left + kx * window.dilation_w;
      if (in_y < 0 || in_y >= window.in_h || in_x < 0 || in_x >= window.in_w) {
        for (int64_t i = 0; i < depth; ++i) row[i] = 0;
      } else {
        Widen(image + (in_y * window.in_w + in_x) * window.in_c + first, depth, zero, row);
      }
    }
  }
}

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_INTEGER_H_
