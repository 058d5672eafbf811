// Plain loops over integers that the compiler turns into vectors. Included only by the files that are compiled for one
// instruction set each; everything is a template over a tag of that file's own, so that no code for a newer processor
// can stand in for that of an older one.
#ifndef ZEROPOINT_KERNELS_SIMD_INTEGER_LOOPS_H_
#define ZEROPOINT_KERNELS_SIMD_INTEGER_LOOPS_H_

#include <cstdint>

#include "kernels/integer.h"

namespace zeropoint::kernels::simd {

// Each is null in a build that does not contain it.
const IntegerKernels* BaseIntegerKernels();
const IntegerKernels* Avx2IntegerKernels();
const IntegerKernels* Avx512IntegerKernels();

template <typename Tag>
struct IntegerLoops {
  // So many products of 16 bits and 8 stay within 32.
  static constexpr int64_t kBlock16 = 256;
  // And of 9 and 9.
  static constexpr int64_t kBlock8 = 1 << 15;

  // kRows x kColumns sums over one block of the depth, side by side: loads are shared.
  template <int kRows, int kColumns, typename Sum>
  static void Tile(const int16_t* rows, const int16_t* columns, int64_t depth, int64_t block, Sum* sums,
                   int64_t sums_stride) {
    static_assert(kRows <= 4 && kColumns <= 2);
    const int16_t *r0 = rows, *r1 = rows + (kRows > 1 ? depth : 0), *r2 = rows + (kRows > 2 ? 2 * depth : 0),
                  *r3 = rows + (kRows > 3 ? 3 * depth : 0);
    const int16_t *c0 = columns, *c1 = columns + (kColumns > 1 ? depth : 0);
    Sum totals[4][2] = {};
    for (int64_t begin = 0; begin < depth; begin += block) {
      const int64_t end = begin + block < depth ? begin + block : depth;
      int32_t a00 = 0, a01 = 0, a10 = 0, a11 = 0, a20 = 0, a21 = 0, a30 = 0, a31 = 0;
      for (int64_t i = begin; i < end; ++i) {
        a00 += static_cast<int32_t>(r0[i]) * c0[i];
        if constexpr (kColumns > 1) a01 += static_cast<int32_t>(r0[i]) * c1[i];
        if constexpr (kRows > 1) a10 += static_cast<int32_t>(r1[i]) * c0[i];
        if constexpr (kRows > 1 && kColumns > 1) a11 += static_cast<int32_t>(r1[i]) * c1[i];
        if constexpr (kRows > 2) a20 += static_cast<int32_t>(r2[i]) * c0[i];
        if constexpr (kRows > 2 && kColumns > 1) a21 += static_cast<int32_t>(r2[i]) * c1[i];
        if constexpr (kRows > 3) a30 += static_cast<int32_t>(r3[i]) * c0[i];
        if constexpr (kRows > 3 && kColumns > 1) a31 += static_cast<int32_t>(r3[i]) * c1[i];
      }
      const int32_t block_sums[4][2] = {{a00, a01}, {a10, a11}, {a20, a21}, {a30, a31}};
      for (int r = 0; r < kRows; ++r) {
        for (int c = 0; c < kColumns; ++c) totals[r][c] = Wrap(totals[r][c], block_sums[r][c]);
      }
    }
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kColumns; ++c) sums[r * sums_stride + c] = totals[r][c];
    }
  }
  static int32_t Wrap(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
  }
  static int64_t Wrap(int64_t a, int32_t b) { return a + b; }

  template <int kColumns, typename Sum>
  static void Rows(const int16_t* rows, int64_t n, const int16_t* columns, int64_t depth, int64_t block, Sum* sums,
                   int64_t stride) {
    int64_t r = 0;
    for (; r + 4 <= n; r += 4) Tile<4, kColumns>(rows + r * depth, columns, depth, block, sums + r * stride, stride);
    for (; r < n; ++r) Tile<1, kColumns>(rows + r * depth, columns, depth, block, sums + r * stride, stride);
  }

  template <typename Sum>
  static void Products(const int16_t* rows, int64_t n, const int16_t* columns, int64_t count, int64_t depth,
                       Sum* sums) {
    constexpr int64_t kBlock = sizeof(Sum) == 4 ? kBlock8 : kBlock16;
    int64_t c = 0;
    for (; c + 2 <= count; c += 2) Rows<2>(rows, n, columns + c * depth, depth, kBlock, sums + c, count);
    for (; c < count; ++c) Rows<1>(rows, n, columns + c * depth, depth, kBlock, sums + c, count);
  }

  static void WideProducts(const int16_t* rows, int64_t n, const int16_t* columns, int64_t count, int64_t depth,
                           int64_t* sums) {
    for (int64_t r = 0; r < n; ++r) {
      const int16_t* row = rows + r * depth;
      for (int64_t c = 0; c < count; ++c) {
        const int16_t* column = columns + c * depth;
        int64_t sum = 0;
        for (int64_t i = 0; i < depth; ++i) sum += static_cast<int64_t>(static_cast<int32_t>(row[i]) * column[i]);
        sums[r * count + c] = sum;
      }
    }
  }

  template <typename Sum>
  static void Depthwise(const int16_t* const* taps, int64_t n, const int16_t* weights, int64_t channels,
                        int64_t multiplier, Sum* sums) {
    const int64_t results = channels * multiplier;
    for (int64_t c = 0; c < results; ++c) sums[c] = 0;
    for (int64_t t = 0; t < n; ++t, weights += results) {
      const int16_t* __restrict__ tap = taps[t];
      const int16_t* __restrict__ w = weights;
      Sum* __restrict__ to = sums;
      if (tap == nullptr) continue;
      if (multiplier == 1) {
        for (int64_t c = 0; c < channels; ++c) to[c] += static_cast<Sum>(static_cast<int32_t>(tap[c]) * w[c]);
        continue;
      }
      for (int64_t c = 0; c < channels; ++c) {
        for (int64_t m = c * multiplier; m < (c + 1) * multiplier; ++m)
          to[m] += static_cast<Sum>(static_cast<int32_t>(tap[c]) * w[m]);
      }
    }
  }

  // numeric::Rescale of 32 bits without branches: for factors that are not negative, rounding the product half away
  // from zero and dividing towards zero is the same as adding a half and shifting.
  template <typename T>
  static void RescaleTo(const int32_t* __restrict__ sums, int64_t n, const RescaleFactors& factors,
                        T* __restrict__ to) {
    const int32_t *__restrict__ values = factors.values, *__restrict__ left = factors.left, *__restrict__ right = factors.right;
    const int32_t* __restrict__ bias = factors.bias;
    const int32_t zero = factors.zero, low = factors.low, high = factors.high;
    const auto one = [&](int64_t c, uint32_t sum) {
      const int32_t x = static_cast<int32_t>(sum << left[c]);
      const int64_t product = static_cast<int64_t>(x) * values[c] + (int64_t{1} << 30);
      const int32_t y = static_cast<int32_t>(static_cast<uint64_t>(product) >> 31);
      const int32_t mask = static_cast<int32_t>((uint32_t{1} << right[c]) - 1);
      const int32_t threshold = (mask >> 1) + (y < 0 ? 1 : 0);
      const int32_t scaled = (y >> right[c]) + ((y & mask) > threshold ? 1 : 0);
      const int32_t moved = static_cast<int32_t>(static_cast<uint32_t>(scaled) + static_cast<uint32_t>(zero));
      const int32_t raised = moved < low ? low : moved;
      to[c] = static_cast<T>(raised > high ? high : raised);
    };
    if (bias == nullptr) {
      for (int64_t c = 0; c < n; ++c) one(c, static_cast<uint32_t>(sums[c]));
    } else {
      for (int64_t c = 0; c < n; ++c) one(c, static_cast<uint32_t>(sums[c]) + static_cast<uint32_t>(bias[c]));
    }
  }

  static constexpr IntegerKernels Table(Isa isa, const char* name) {
    return {isa,
            name,
            Products<int32_t>,
            Products<int64_t>,
            WideProducts,
            Depthwise<int32_t>,
            Depthwise<int64_t>,
            RescaleTo<int8_t>,
            RescaleTo<uint8_t>};
  }
};

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_INTEGER_LOOPS_H_
