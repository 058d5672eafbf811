// The innermost loops as function pointers, one table per instruction set.
//
// Every table computes the same bits: sums over depth run in order with fused multiply-add, row reductions in 16 lanes
// (kernels/reduce.h), and functions such as exp are polynomials of fused multiply-adds (kernels/simd/math.h). Where a
// processor has no fused multiply-add (SSE2) it is emulated exactly.
#ifndef ZEROPOINT_KERNELS_KERNEL_TABLE_H_
#define ZEROPOINT_KERNELS_KERNEL_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "kernels/clamp.h"
#include "kernels/convert.h"
#include "kernels/elementwise.h"
#include "kernels/level.h"
#include "kernels/reduce.h"

namespace zeropoint::kernels {

struct MinMaxResult {
  float min = 0.0f, max = 0.0f;
  bool all_finite = true;  // min and max mean nothing otherwise
};

// One tile of a matrix product: `rows` x `columns` results, each
//   clamp(bias + sum over taps t and i < depth of row[t][offset + i] * weight[t][i]).
struct GemmTile {
  const float* const* rows;  // row r of tap t starts at rows[t * rows_per_tap + r] + offset
  int64_t rows_per_tap;
  int64_t offset;
  int64_t taps, depth;
  const float* weights;  // a packed panel: [taps][depth][panel width]
  const float* bias;     // `columns` elements, or null
  float* out;            // row r starts at out + r * out_stride
  int64_t out_stride;
  int columns;  // at most the panel's width
  Clamp clamp;
  // Weights that are wanted soon: with every row of the panel the line at `fetch` is brought into the second-level
  // cache, and `fetch` moves on by `fetch_step` floats. Only a hint; it may point anywhere.
  const float* fetch;
  int64_t fetch_step;
};

// Neighbouring results of a depthwise convolution: pixel p, channel c of `pixels` x `channels` is
//   clamp(bias[c] + sum over taps t of inputs[p * taps + t][c] * weights[t * channels + c]).
struct DepthwiseStrip {
  const float* const* inputs;
  int64_t pixels, taps, channels;
  int64_t kernel_w;  // taps of one kernel row
  // Pixel p's tap (ky, kx) is pixel p + 1's tap (ky, kx - stride) where both exist; 0 when that does not hold.
  int64_t stride;
  const float* weights;
  const float* bias;  // or null
  float* out;         // [pixels][channels]
  Clamp clamp;
};

// One axis of a tile in kernels/winograd.h: k4Of3 makes 4 results of a filter with 3 taps, and so on.
enum class WinogradAxis : uint8_t { kNone, k4Of3, k2Of5, k2Of7, kCount };
struct WinogradShape {
  int taps, results, reads;  // reads = taps + results - 1, which is also the number of positions
};
inline constexpr WinogradShape kWinogradShapes[] = {{1, 1, 1}, {3, 4, 6}, {5, 2, 6}, {7, 2, 8}};
inline constexpr int kMostWinogradPositions = 36;

// A tile of `rows` x `columns` results.
struct WinogradResults {
  const float* products;  // position p, channel c at products[p * position_stride + c]
  int64_t position_stride, channels;
  const float* bias;  // `channels` elements, or null
  Clamp clamp;
  float* out;  // row y starts at out + y * row_stride, its pixels `channels` apart
  int64_t row_stride;
  int64_t rows, columns;  // that exist
};

struct KernelTable {
  Isa isa;
  const char* name;

  // Packed panels are this wide (columns); gemm[r] computes a tile of r + 1 rows, r < max_rows. Null where there is no
  // kernel of that height.
  int panel_width;
  int max_rows;
  static constexpr int kMaxRows = 12;
  void (*gemm[kMaxRows])(const GemmTile&);

  void (*depthwise)(const DepthwiseStrip&);

  // By the axes along height and width; null where there is no kernel. Position p, channel c of the pixels' transform
  // goes to to[p * position_stride + c].
  static constexpr size_t kAxes = static_cast<size_t>(WinogradAxis::kCount);
  void (*winograd_input[kAxes][kAxes])(const float* const* pixels, int64_t channels, float* to,
                                       int64_t position_stride);
  void (*winograd_output[kAxes][kAxes])(const WinogradResults&);

  // y[c] over `taps` pixels of `channels`; sums are divided by `taps`. taps is at least 1.
  void (*average_pool)(const float* const* pixels, int64_t taps, int64_t channels, float* y, Clamp clamp);
  void (*max_pool)(const float* const* pixels, int64_t taps, int64_t channels, float* y, Clamp clamp);

  // Null for those that have no vector form (sin, cos; pow, floor_mod).
  void (*unary[static_cast<size_t>(Unary::kCount)])(const float* x, float* y, size_t n, float parameter);
  void (*binary[static_cast<size_t>(Binary::kCount)])(const float* a, bool a_walks, const float* b, bool b_walks,
                                                      float* y, size_t n, Clamp clamp);

  float (*reduce_row[static_cast<size_t>(Reduction::kCount)])(const float* x, size_t n);
  // sums[i] = op(sums[i], x[r * n + i]) for r < rows, in order.
  void (*accumulate_rows[static_cast<size_t>(Reduction::kCount)])(const float* x, size_t rows, float* sums, size_t n);
  float (*sum_squares)(const float* x, size_t n);                                      // in 16 lanes, fused
  void (*exp_shifted)(const float* x, float* y, size_t n, float shift, float factor);  // exp((x - shift) * factor)

  MinMaxResult (*min_max)(const float* x, size_t n);

  // kernels/convert.h
  void (*quantize_int8)(const float* from, size_t n, const QuantizeStep& step, int8_t* to);
  void (*quantize_uint8)(const float* from, size_t n, const QuantizeStep& step, uint8_t* to);
  void (*quantize_int16)(const float* from, size_t n, const QuantizeStep& step, int16_t* to);
  void (*dequantize_int8)(const int8_t* from, size_t n, const DequantizeStep& step, float* to);
  void (*dequantize_uint8)(const uint8_t* from, size_t n, const DequantizeStep& step, float* to);
  void (*dequantize_int16)(const int16_t* from, size_t n, const DequantizeStep& step, float* to);
  void (*to_finite_half)(const float* from, size_t n, uint16_t* to);
  void (*from_half)(const uint16_t* from, size_t n, float* to);
};

// The table of an instruction set; null when this build or this processor has none. kReference is always there: plain
// scalar loops that the others are tested against.
const KernelTable* FindKernels(Isa isa);
// All that this processor can run, kReference first and the best last.
absl::Span<const KernelTable* const> AvailableKernels();
// The best that ZEROPOINT_SIMD allows (kernels/level.h); chosen once.
const KernelTable& BestKernels();

// Smallest and largest element; 0 and 0 when there are none. A zero is always +0.
MinMaxResult MinMax(const float* x, size_t n);

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_KERNEL_TABLE_H_
