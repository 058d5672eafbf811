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
  const float* fetch = t.fetch;
  for (int64_t tap = 0; tap < t.taps; ++tap) {
    const float* rows[kRows];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) rows[r] = t.rows[tap * t.rows_per_tap + r] + t.offset;
    for (int64_t i = 0; i < t.depth; ++i) {
      F w[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) w[v] = V::Load(weights + v * kWidth);
      weights += kPanelVectors * kWidth;
      __builtin_prefetch(fetch, 0, 2);
      fetch += t.fetch_step;
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

// The accumulators of kPixels neighbouring pixels and kVectors vectors of channels from c on. With kVectors = 1, only
// the first `n` channels exist.
template <typename V, int kPixels, int kVectors, bool kWhole>
struct StripBlock {
  using F = typename V::Float;
  const DepthwiseStrip& s;
  const float* const* inputs;
  int64_t c;
  size_t n;
  F sums[kPixels][kVectors];

  F Load(const float* p, int v) const {
    if constexpr (kWhole) return V::Load(p + c + v * static_cast<int>(V::kWidth));
    return V::LoadN(p + c, n);
  }

  void Start() {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const F bias = s.bias == nullptr ? V::Set(0.0f) : Load(s.bias, v);
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; ++p) sums[p][v] = bias;
    }
  }

  // Any window: pixels share the loads of the weights.
  void AddTaps() {
    const float* weights = s.weights;
    for (int64_t tap = 0; tap < s.taps; ++tap, weights += s.channels) {
      F w[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) w[v] = Load(weights, v);
#pragma GCC unroll 8
      for (int p = 0; p < kPixels; ++p) {
        const float* pixel = inputs[p * s.taps + tap];
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sums[p][v] = V::Fma(Load(pixel, v), w[v], sums[p][v]);
      }
    }
  }

  // Windows that overlap: pixels share the loads of the input as well. Each sum still takes its taps in order.
  template <int kKernelW, int kStride>
  void AddRows() {
    constexpr int kColumns = (kPixels - 1) * kStride + kKernelW;
    const float* weights = s.weights;
    for (int64_t tap = 0; tap < s.taps; tap += kKernelW, weights += kKernelW * s.channels) {
      F w[kKernelW][kVectors];
#pragma GCC unroll 8
      for (int k = 0; k < kKernelW; ++k) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) w[k][v] = Load(weights + k * s.channels, v);
      }
#pragma GCC unroll 16
      for (int column = 0; column < kColumns; ++column) {
        const int first = column / kStride < kPixels ? column / kStride : kPixels - 1;  // a pixel that reads it
        const float* pixel = inputs[first * s.taps + tap + (column - first * kStride)];
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) {
          const F x = Load(pixel, v);
#pragma GCC unroll 8
          for (int p = 0; p < kPixels; ++p) {
            const int k = column - p * kStride;
            if (k >= 0 && k < kKernelW) sums[p][v] = V::Fma(x, w[k][v], sums[p][v]);
          }
        }
      }
    }
  }

  void Finish(float* out) {
    const F low = V::Set(s.clamp.low), high = V::Set(s.clamp.high);
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        const F y = V::Min(high, V::Max(low, sums[p][v]));
        float* to = out + p * s.channels + c + v * static_cast<int>(V::kWidth);
        if constexpr (kWhole) {
          V::Store(to, y);
        } else {
          V::StoreN(to, y, n);
        }
      }
    }
  }
};

// kKernelW is 0 for windows of any shape.
template <typename V, int kPixels, int kKernelW, int kStride>
void StripPixels(const DepthwiseStrip& s, int64_t first) {
  constexpr int64_t kWidth = static_cast<int64_t>(V::kWidth);
  const float* const* inputs = s.inputs + first * s.taps;
  float* out = s.out + first * s.channels;
  const auto run = [&](auto block) {
    block.Start();
    if constexpr (kKernelW == 0) {
      block.AddTaps();
    } else {
      block.template AddRows<kKernelW, kStride>();
    }
    block.Finish(out);
  };
  int64_t c = 0;
  for (; c + 2 * kWidth <= s.channels; c += 2 * kWidth)
    run(StripBlock<V, kPixels, 2, true>{s, inputs, c, V::kWidth, {}});
  for (; c + kWidth <= s.channels; c += kWidth) run(StripBlock<V, kPixels, 1, true>{s, inputs, c, V::kWidth, {}});
  if (c < s.channels) run(StripBlock<V, kPixels, 1, false>{s, inputs, c, static_cast<size_t>(s.channels - c), {}});
}

template <typename V, int kKernelW, int kStride>
void StripOf(const DepthwiseStrip& s) {
  constexpr int kPixels = 4;
  // One pixel alone costs half as much as four: it goes with the last four where there are registers for that.
  constexpr int kMost = V::kWidth >= 16 ? kPixels + 1 : kPixels;
  int64_t p = 0;
  for (; p + kPixels <= s.pixels && p + kMost != s.pixels; p += kPixels) {
    StripPixels<V, kPixels, kKernelW, kStride>(s, p);
  }
  if (s.pixels - p == kMost) return StripPixels<V, kMost, kKernelW, kStride>(s, p);
  if (s.pixels - p == 3) return StripPixels<V, 3, kKernelW, kStride>(s, p);
  if (s.pixels - p == 2) return StripPixels<V, 2, kKernelW, kStride>(s, p);
  if (s.pixels - p == 1) StripPixels<V, 1, kKernelW, kStride>(s, p);
}

template <typename V>
void Strip(const DepthwiseStrip& s) {
  if (s.kernel_w == 3 && s.stride == 1) return StripOf<V, 3, 1>(s);
  if (s.kernel_w == 3 && s.stride == 2) return StripOf<V, 3, 2>(s);
  if (s.kernel_w == 5 && s.stride == 1) return StripOf<V, 5, 1>(s);
  if (s.kernel_w == 5 && s.stride == 2) return StripOf<V, 5, 2>(s);
  StripOf<V, 0, 1>(s);
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
  Pool<V>(
      pixels, taps, channels, y, [](F a, F b) { return a + b; },
      [&](F v) { return V::Min(high, V::Max(low, v / count)); });
}

template <typename V>
void MaxPool(const float* const* pixels, int64_t taps, int64_t channels, float* y, Clamp clamp) {
  using F = typename V::Float;
  const F low = V::Set(clamp.low), high = V::Set(clamp.high);
  Pool<V>(
      pixels, taps, channels, y, [](F a, F b) { return V::Max(a, b); },
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
