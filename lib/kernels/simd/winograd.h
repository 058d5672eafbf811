// What kernels/winograd.h does to tiles before and after its matrix products, a vector of channels at a time.
#ifndef ZEROPOINT_KERNELS_SIMD_WINOGRAD_H_
#define ZEROPOINT_KERNELS_SIMD_WINOGRAD_H_

#include "kernels/kernel_table.h"

namespace zeropoint::kernels::simd {

// B^T of the points 0, 1, -1, 2, -2 and infinity: six values, `step` apart, in place.
template <typename V>
[[gnu::always_inline]] inline void ReadSix(typename V::Float* d, int step) {
  using F = typename V::Float;
  const F d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  const F two = V::Set(2.0f), four = V::Set(4.0f), minus_four = V::Set(-4.0f), minus_five = V::Set(-5.0f);
  const F even = V::Fma(minus_four, d2, d4), odd = V::Fma(minus_four, d1, d3);
  const F far = two * (d3 - d1), near = d4 - d2;
  d[0] = V::Fma(four, d0, V::Fma(minus_five, d2, d4));
  d[step] = even + odd;
  d[2 * step] = even - odd;
  d[3 * step] = near + far;
  d[4 * step] = near - far;
  d[5 * step] = V::Fma(four, d1, V::Fma(minus_five, d3, d5));
}

// B^T of the points 0, 1, -1, 2, -2, 1/2, -1/2 and infinity.
template <typename V>
[[gnu::always_inline]] inline void ReadEight(typename V::Float* d, int step) {
  using F = typename V::Float;
  const F d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
  const F d4 = d[4 * step], d5 = d[5 * step], d6 = d[6 * step], d7 = d[7 * step];
  const auto times = [](float factor, F x, F plus) { return V::Fma(V::Set(factor), x, plus); };
  const F even1 = times(-4.25f, d4, d2 + d6), odd1 = times(-4.25f, d3, d1 + d5);
  const F even2 = times(0.25f, d2, times(-1.25f, d4, d6));
  const F odd2 = times(0.5f, d1, times(-2.5f, d3, V::Set(2.0f) * d5));
  const F even3 = times(4.0f, d2, times(-5.0f, d4, d6));
  const F odd3 = times(2.0f, d1, times(-2.5f, d3, V::Set(0.5f) * d5));
  d[0] = times(5.25f, d4 - d2, d0 - d6);
  d[step] = even1 + odd1;
  d[2 * step] = even1 - odd1;
  d[3 * step] = even2 + odd2;
  d[4 * step] = even2 - odd2;
  d[5 * step] = even3 + odd3;
  d[6 * step] = even3 - odd3;
  d[7 * step] = times(5.25f, d3 - d5, d7 - d1);
}

template <typename V, int kReads>
[[gnu::always_inline]] inline void TransformInput(typename V::Float* d, int step) {
  if constexpr (kReads == 6) ReadSix<V>(d, step);
  if constexpr (kReads == 8) ReadEight<V>(d, step);
}

// A^T: of the positions' values, `step` apart, the first become the results.
template <typename V, WinogradAxis kAxis>
[[gnu::always_inline]] inline void TransformOutput(typename V::Float* m, int step) {
  using F = typename V::Float;
  if constexpr (kAxis == WinogradAxis::kNone) return;
  const F sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
  const F far_sum = m[3 * step] + m[4 * step], far_difference = m[3 * step] - m[4 * step];
  F first = m[0] + sum + far_sum, second = V::Fma(V::Set(2.0f), far_difference, difference);
  if constexpr (kAxis == WinogradAxis::k4Of3) {
    const F infinity = m[5 * step];
    m[2 * step] = V::Fma(V::Set(4.0f), far_sum, sum);
    m[3 * step] = V::Fma(V::Set(8.0f), far_difference, difference) + infinity;
  } else if constexpr (kAxis == WinogradAxis::k2Of5) {
    second = second + m[5 * step];
  } else if constexpr (kAxis == WinogradAxis::k2Of7) {
    first = first + (m[5 * step] + m[6 * step]);
    second = V::Fma(V::Set(0.5f), m[5 * step] - m[6 * step], second) + m[7 * step];
  }
  m[0] = first;
  m[step] = second;
}

// Calls run(load, store, c) for vectors of channels; the last may be a part of one.
template <typename V, typename Run>
[[gnu::always_inline]] inline void ForChannels(int64_t channels, const Run& run) {
  constexpr int64_t kWidth = static_cast<int64_t>(V::kWidth);
  const auto load = [](const float* p) { return V::Load(p); };
  const auto store = [](float* p, typename V::Float x) { V::Store(p, x); };
  int64_t c = 0;
  for (; c + kWidth <= channels; c += kWidth) run(c, load, store);
  if (c == channels) return;
  const size_t n = static_cast<size_t>(channels - c);
  run(
      c, [n](const float* p) { return V::LoadN(p, n); }, [n](float* p, typename V::Float x) { V::StoreN(p, x, n); });
}

template <typename V, int kRows, int kColumns>
void WinogradInput(const float* const* pixels, int64_t channels, float* to, int64_t position_stride) {
  ForChannels<V>(channels, [&](int64_t c, auto load, auto store) {
    typename V::Float d[kRows * kColumns];
#pragma GCC unroll 8
    for (int j = 0; j < kColumns; ++j) {
#pragma GCC unroll 8
      for (int i = 0; i < kRows; ++i) d[i * kColumns + j] = load(pixels[i * kColumns + j] + c);
      TransformInput<V, kRows>(d + j, kColumns);
    }
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      TransformInput<V, kColumns>(d + i * kColumns, 1);
#pragma GCC unroll 8
      for (int p = i * kColumns; p < (i + 1) * kColumns; ++p) store(to + p * position_stride + c, d[p]);
    }
  });
}

template <typename V, WinogradAxis kRowAxis, WinogradAxis kColumnAxis>
void WinogradOutput(const WinogradResults& r) {
  constexpr WinogradShape kRows = kWinogradShapes[static_cast<size_t>(kRowAxis)];
  constexpr WinogradShape kColumns = kWinogradShapes[static_cast<size_t>(kColumnAxis)];
  const typename V::Float low = V::Set(r.clamp.low), high = V::Set(r.clamp.high);
  ForChannels<V>(r.channels, [&](int64_t c, auto load, auto store) {
    typename V::Float m[kRows.reads * kColumns.reads];
#pragma GCC unroll 8
    for (int j = 0; j < kColumns.reads; ++j) {
#pragma GCC unroll 8
      for (int i = 0; i < kRows.reads; ++i) {
        const int p = i * kColumns.reads + j;
        m[p] = load(r.products + p * r.position_stride + c);
      }
      TransformOutput<V, kRowAxis>(m + j, kColumns.reads);
    }
    const typename V::Float bias = r.bias == nullptr ? V::Set(0.0f) : load(r.bias + c);
#pragma GCC unroll 4
    for (int y = 0; y < kRows.results; ++y) {
      if (y >= r.rows) return;
      TransformOutput<V, kColumnAxis>(m + y * kColumns.reads, 1);
      float* row = r.out + y * r.row_stride + c;
#pragma GCC unroll 4
      for (int x = 0; x < kColumns.results; ++x) {
        const typename V::Float value = V::Min(high, V::Max(low, m[y * kColumns.reads + x] + bias));
        if (x < r.columns) store(row + x * r.channels, value);
      }
    }
  });
}

template <typename V, WinogradAxis kRowAxis, WinogradAxis kColumnAxis>
void FillWinogradPair(KernelTable& table) {
  constexpr size_t kRow = static_cast<size_t>(kRowAxis), kColumn = static_cast<size_t>(kColumnAxis);
  table.winograd_input[kRow][kColumn] = WinogradInput<V, kWinogradShapes[kRow].reads, kWinogradShapes[kColumn].reads>;
  table.winograd_output[kRow][kColumn] = WinogradOutput<V, kRowAxis, kColumnAxis>;
}

// Square filters, and filters along one axis.
template <typename V>
void FillWinograd(KernelTable& table) {
  using Axis = WinogradAxis;
  FillWinogradPair<V, Axis::k4Of3, Axis::k4Of3>(table);
  FillWinogradPair<V, Axis::k2Of5, Axis::k2Of5>(table);
  FillWinogradPair<V, Axis::kNone, Axis::k4Of3>(table);
  FillWinogradPair<V, Axis::k4Of3, Axis::kNone>(table);
  FillWinogradPair<V, Axis::kNone, Axis::k2Of5>(table);
  FillWinogradPair<V, Axis::k2Of5, Axis::kNone>(table);
  FillWinogradPair<V, Axis::kNone, Axis::k2Of7>(table);
  FillWinogradPair<V, Axis::k2Of7, Axis::kNone>(table);
}

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_WINOGRAD_H_
