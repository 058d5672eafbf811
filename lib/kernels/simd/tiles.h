// Matrix tiles, depthwise strips and pooling.
#ifndef ZEROPOINT_KERNELS_SIMD_TILES_H_
#define ZEROPOINT_KERNELS_SIMD_TILES_H_

#include "kernels/kernel_table.h"

namespace zeropoint::kernels::simd {

// kRows x kVectors accumulators stay in registers over the whole depth.
template <typename V, int kRows, int kVectors, int kPanelVectors>
void TileOf(const GemmTile& t) {
  using F = typename V::Float;
  constexpr int kWidth = static_cast<int>(V::kWidth);
  F sums[kRows][kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    F bias = V::Set(0.0f);
    if (t.bias != nullptr) {
      const int left = t.columns - v * kWidth;
      bias = left >= kWidth ? V::Load(t.bias + v * kWidth) : V::LoadN(t.bias + v * kWidth, static_cast<size_t>(left));
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) sums[r][v] = bias;
  }
  const float* weights = t.weights;
  for (int64_t tap = 0; tap < t.taps; ++tap) {
    const float* rows[kRows];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) rows[r] = t.rows[tap * t.rows_per_tap + r] + t.offset;
    for (int64_t i = 0; i < t.depth; ++i) {
      F w[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) w[v] = V::Load(weights + v * kWidth);
      weights += kPanelVectors * kWidth;
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const F a = V::Set(rows[r][i]);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sums[r][v] = V::Fma(a, w[v], sums[r][v]);
      }
    }
  }
  const F low = V::Set(t.clamp.low), high = V::Set(t.clamp.high);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    float* out = t.out + r * t.out_stride;
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const F y = V::Min(high, V::Max(low, sums[r][v]));
      const int left = t.columns - v * kWidth;
      if (left >= kWidth) {
        V::Store(out + v * kWidth, y);
      } else {
        V::StoreN(out + v * kWidth, y, static_cast<size_t>(left));
      }
    }
  }
}

// Panels have two vectors; the last may need only one of them.
template <typename V, int kRows>
void Tile(const GemmTile& t) {
  if (t.columns > static_cast<int>(V::kWidth)) return TileOf<V, kRows, 2, 2>(t);
  TileOf<V, kRows, 1, 2>(t);
}

template <typename V, int... kHeights>
void FillTiles(KernelTable& table) {
  table.panel_width = 2 * static_cast<int>(V::kWidth);
  table.max_rows = 0;
  ((table.gemm[kHeights - 1] = Tile<V, kHeights>,
    table.max_rows = kHeights > table.max_rows ? kHeights : table.max_rows),
   ...);
}

// kPixels neighbouring pixels share the loads of the weights. `n` is kWidth but in the last block of channels.
template <typename V, int kPixels, bool kWhole>
void StripBlock(const DepthwiseStrip& s, const float* const* inputs, int64_t c, size_t n, float* out) {
  using F = typename V::Float;
  const auto load = [n](const float* p) { return kWhole ? V::Load(p) : V::LoadN(p, n); };
  const F bias = s.bias == nullptr ? V::Set(0.0f) : load(s.bias + c);
  F sums[kPixels];
#pragma GCC unroll 8
  for (int p = 0; p < kPixels; ++p) sums[p] = bias;
  const float* weights = s.weights + c;
  for (int64_t tap = 0; tap < s.taps; ++tap, weights += s.channels) {
    const F w = load(weights);
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) sums[p] = V::Fma(load(inputs[p * s.taps + tap] + c), w, sums[p]);
  }
  const F low = V::Set(s.clamp.low), high = V::Set(s.clamp.high);
#pragma GCC unroll 8
  for (int p = 0; p < kPixels; ++p) {
    const F y = V::Min(high, V::Max(low, sums[p]));
    if constexpr (kWhole) {
      V::Store(out + p * s.channels + c, y);
    } else {
      V::StoreN(out + p * s.channels + c, y, n);
    }
  }
}

template <typename V, int kPixels>
void StripPixels(const DepthwiseStrip& s, int64_t first) {
  constexpr int64_t kWidth = static_cast<int64_t>(V::kWidth);
  const float* const* inputs = s.inputs + first * s.taps;
  float* out = s.out + first * s.channels;
  int64_t c = 0;
  for (; c + kWidth <= s.channels; c += kWidth) StripBlock<V, kPixels, true>(s, inputs, c, V::kWidth, out);
  if (c < s.channels) StripBlock<V, kPixels, false>(s, inputs, c, static_cast<size_t>(s.channels - c), out);
}

template <typename V>
void Strip(const DepthwiseStrip& s) {
  constexpr int kPixels = 4;
  int64_t p = 0;
  for (; p + kPixels <= s.pixels; p += kPixels) StripPixels<V, kPixels>(s, p);
  for (; p < s.pixels; ++p) StripPixels<V, 1>(s, p);
}

// y[c] = finish(combine over taps of pixel[c]).
template <typename V, typename Combine, typename Finish>
void Pool(const float* const* pixels, int64_t taps, int64_t channels, float* y, Combine combine, Finish finish) {
  using F = typename V::Float;
  constexpr int64_t kWidth = static_cast<int64_t>(V::kWidth);
  int64_t c = 0;
  for (; c + kWidth <= channels; c += kWidth) {
    F v = V::Load(pixels[0] + c);
    for (int64_t t = 1; t < taps; ++t) v = combine(v, V::Load(pixels[t] + c));
    V::Store(y + c, finish(v));
  }
  if (c == channels) return;
  const size_t n = static_cast<size_t>(channels - c);
  F v = V::LoadN(pixels[0] + c, n);
  for (int64_t t = 1; t < taps; ++t) v = combine(v, V::LoadN(pixels[t] + c, n));
  V::StoreN(y + c, finish(v), n);
}

template <typename V>
void AveragePool(const float* const* pixels, int64_t taps, int64_t channels, float* y, Clamp clamp) {
  using F = typename V::Float;
  const F low = V::Set(clamp.low), high = V::Set(clamp.high), count = V::Set(static_cast<float>(taps));
  Pool<V>(pixels, taps, channels, y, [](F a, F b) { return a + b; },
          [&](F v) { return V::Min(high, V::Max(low, v / count)); });
}

template <typename V>
void MaxPool(const float* const* pixels, int64_t taps, int64_t channels, float* y, Clamp clamp) {
  using F = typename V::Float;
  const F low = V::Set(clamp.low), high = V::Set(clamp.high);
  Pool<V>(pixels, taps, channels, y, [](F a, F b) { return V::Max(a, b); },
          [&](F v) { return V::Min(high, V::Max(low, v)); });
}

template <typename V>
void FillPools(KernelTable& table) {
  table.depthwise = Strip<V>;
  table.average_pool = AveragePool<V>;
  table.max_pool = MaxPool<V>;
}

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_TILES_H_
