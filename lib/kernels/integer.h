// Sums of products of integers, exact in any order, so that every instruction set gives the same bits; and the way back
// to integers of 8 bits.
//
// Operands are 16 bits wide: what was stored in 8 bits has lost its zero point by then. The loops are plain C++
// (simd/integer_loops.h), compiled once for every instruction set, whose dot products of 16 bits the compiler finds.
#ifndef ZEROPOINT_KERNELS_INTEGER_H_
#define ZEROPOINT_KERNELS_INTEGER_H_

#include <cstdint>
#include <type_traits>

#include "absl/types/span.h"
#include "kernels/conv.h"
#include "kernels/level.h"

namespace zeropoint::kernels {

// to[i] = from[i] - zero. The difference must fit in 16 bits, which it does for 8 bits, and for int16 with zero 0.
template <typename T>
void Widen(const T* from, int64_t n, int32_t zero, int16_t* to) {
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<int16_t>(from[i] - zero);
}

// By channel: factor value * 2^(left - right - 31), see numeric/fixed_point.h; value is not negative.
struct RescaleFactors {
  const int32_t *values, *left, *right;
  const int32_t* bias;      // added first; or null
  int32_t zero, low, high;  // added afterwards; what is beyond is clamped
};

// What sums are computed in: of 8 bits, the 32 that LiteRT's kernels have; of 16 bits, 64.
template <typename T>
using SumOf = std::conditional_t<sizeof(T) == 1, int32_t, int64_t>;

struct IntegerKernels {
  Isa isa;
  const char* name;
  // sums[r * count + c] = sum over i < depth of rows[r * depth + i] * columns[c * depth + i], r < n. Magnitudes are
  // at most 256 for sums of 32 bits, which wrap; for those of 64, the columns' are at most 128.
  void (*products32)(const int16_t* rows, int64_t n, const int16_t* columns, int64_t count, int64_t depth,
                     int32_t* sums);
  void (*products64)(const int16_t* rows, int64_t n, const int16_t* columns, int64_t count, int64_t depth,
                     int64_t* sums);
  // The same for columns of any magnitude.
  void (*wide_products)(const int16_t* rows, int64_t n, const int16_t* columns, int64_t count, int64_t depth,
                        int64_t* sums);
  // sums[c * multiplier + m] = sum over taps t < n of taps[t][c] * weights[t * channels * multiplier + c * multiplier +
  // m]; a tap that is null adds nothing. Magnitudes as above.
  void (*depthwise32)(const int16_t* const* taps, int64_t n, const int16_t* weights, int64_t channels,
                      int64_t multiplier, int32_t* sums);
  void (*depthwise64)(const int16_t* const* taps, int64_t n, const int16_t* weights, int64_t channels,
                      int64_t multiplier, int64_t* sums);
  // to[c] = clamp((sums[c] + bias[c]) * factor[c] + zero), rounded twice as numeric::Rescale does.
  void (*rescale_int8)(const int32_t* sums, int64_t n, const RescaleFactors& factors, int8_t* to);
  void (*rescale_uint8)(const int32_t* sums, int64_t n, const RescaleFactors& factors, uint8_t* to);
};

// All that this processor can run, the scalar ones first and the best last.
absl::Span<const IntegerKernels* const> AvailableIntegerKernels();
// The best that ZEROPOINT_SIMD allows (kernels/level.h); chosen once.
const IntegerKernels& BestIntegerKernels();

inline void Products(const int16_t* rows, int64_t n, const int16_t* columns, int64_t count, int64_t depth,
                     int32_t* sums) {
  BestIntegerKernels().products32(rows, n, columns, count, depth, sums);
}
inline void Products(const int16_t* rows, int64_t n, const int16_t* columns, int64_t count, int64_t depth,
                     int64_t* sums) {
  BestIntegerKernels().products64(rows, n, columns, count, depth, sums);
}
inline void Depthwise(const int16_t* const* taps, int64_t n, const int16_t* weights, int64_t channels,
                      int64_t multiplier, int32_t* sums) {
  BestIntegerKernels().depthwise32(taps, n, weights, channels, multiplier, sums);
}
inline void Depthwise(const int16_t* const* taps, int64_t n, const int16_t* weights, int64_t channels,
                      int64_t multiplier, int64_t* sums) {
  BestIntegerKernels().depthwise64(taps, n, weights, channels, multiplier, sums);
}

// The taps of the result at (y, x) in an image of 16 bits as pointers to channel 0, in the order [kernel_h][kernel_w];
// null in the padding.
void FindTaps(const Window& window, const int16_t* image, int64_t y, int64_t x, const int16_t** taps);
// The same as one row of values, [kernel_h][kernel_w][depth] from channels [first, first + depth), zeros in the
// padding.
void GatherTaps(const Window& window, const int16_t* image, int64_t y, int64_t x, int64_t first, int64_t depth,
                int16_t* row);

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_INTEGER_H_
