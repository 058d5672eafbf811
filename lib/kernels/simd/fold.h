// Reductions: rows in 16 lanes whatever the width of a vector, and rows added onto rows.
#ifndef ZEROPOINT_KERNELS_SIMD_FOLD_H_
#define ZEROPOINT_KERNELS_SIMD_FOLD_H_

#include "kernels/kernel_table.h"

namespace zeropoint::kernels::simd {

inline constexpr size_t kLanes = 16;

// combine(a, x) on vectors of any V, one element at a time included.
template <typename V, Reduction kOp>
struct Combine {
  using F = typename V::Float;
  static F Vector(F a, F x) {
    if constexpr (kOp == Reduction::kSum) return a + x;
    if constexpr (kOp == Reduction::kProduct) return a * x;
    if constexpr (kOp == Reduction::kMaximum) return V::Max(a, x);
    if constexpr (kOp == Reduction::kMinimum) return V::Min(a, x);
  }
  static float Scalar(float a, float x) {
    if constexpr (kOp == Reduction::kSum) return a + x;
    if constexpr (kOp == Reduction::kProduct) return a * x;
    if constexpr (kOp == Reduction::kMaximum) return a > x ? a : x;
    if constexpr (kOp == Reduction::kMinimum) return a < x ? a : x;
  }
  static float Start() {
    if constexpr (kOp == Reduction::kSum) return 0.0f;
    if constexpr (kOp == Reduction::kProduct) return 1.0f;
    if constexpr (kOp == Reduction::kMaximum) return -__builtin_inff();
    if constexpr (kOp == Reduction::kMinimum) return __builtin_inff();
  }
};

template <typename V, Reduction kOp>
float Tree(float (&lanes)[kLanes]) {
  for (size_t half = kLanes / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) lanes[i] = Combine<V, kOp>::Scalar(lanes[i], lanes[i + half]);
  }
  return lanes[0];
}

template <typename V, Reduction kOp>
float ReduceRow(const float* x, size_t n) {
  using C = Combine<V, kOp>;
  constexpr size_t kVectors = kLanes / V::kWidth;
  typename V::Float sums[kVectors];
  for (size_t v = 0; v < kVectors; ++v) sums[v] = V::Set(C::Start());
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (size_t v = 0; v < kVectors; ++v) sums[v] = C::Vector(sums[v], V::Load(x + i + v * V::kWidth));
  }
  float lanes[kLanes];
  for (size_t v = 0; v < kVectors; ++v) V::Store(lanes + v * V::kWidth, sums[v]);
  for (size_t lane = 0; i < n; ++i, ++lane) lanes[lane] = C::Scalar(lanes[lane], x[i]);
  return Tree<V, kOp>(lanes);
}

template <typename V>
float SumSquares(const float* x, size_t n) {
  constexpr size_t kVectors = kLanes / V::kWidth;
  typename V::Float sums[kVectors];
  for (size_t v = 0; v < kVectors; ++v) sums[v] = V::Set(0.0f);
  size_t i = 0;
  const auto step = [&](const float* row) {
    for (size_t v = 0; v < kVectors; ++v) {
      const typename V::Float a = V::Load(row + v * V::kWidth);
      sums[v] = V::Fma(a, a, sums[v]);
    }
  };
  for (; i + kLanes <= n; i += kLanes) step(x + i);
  if (i < n) {  // zeros add nothing to sums that are not negative
    float rest[kLanes] = {};
    for (size_t lane = 0; i < n; ++i, ++lane) rest[lane] = x[i];
    step(rest);
  }
  float lanes[kLanes];
  for (size_t v = 0; v < kVectors; ++v) V::Store(lanes + v * V::kWidth, sums[v]);
  return Tree<V, Reduction::kSum>(lanes);
}

// Sums of kVectors vectors stay in registers over all rows.
template <typename V, Reduction kOp, size_t kVectors>
void AccumulateColumns(const float* x, size_t rows, float* sums, size_t n) {
  using C = Combine<V, kOp>;
  typename V::Float s[kVectors];
  for (size_t v = 0; v < kVectors; ++v) s[v] = V::Load(sums + v * V::kWidth);
  for (size_t r = 0; r < rows; ++r, x += n) {
    for (size_t v = 0; v < kVectors; ++v) s[v] = C::Vector(s[v], V::Load(x + v * V::kWidth));
  }
  for (size_t v = 0; v < kVectors; ++v) V::Store(sums + v * V::kWidth, s[v]);
}

template <typename V, Reduction kOp>
void AccumulateRows(const float* x, size_t rows, float* sums, size_t n) {
  using C = Combine<V, kOp>;
  constexpr size_t kVectors = 4;
  size_t i = 0;
  for (; i + kVectors * V::kWidth <= n; i += kVectors * V::kWidth) {
    AccumulateColumns<V, kOp, kVectors>(x + i, rows, sums + i, n);
  }
  for (; i + V::kWidth <= n; i += V::kWidth) AccumulateColumns<V, kOp, 1>(x + i, rows, sums + i, n);
  for (; i < n; ++i) {
    for (size_t r = 0; r < rows; ++r) sums[i] = C::Scalar(sums[i], x[r * n + i]);
  }
}

template <typename V>
MinMaxResult FindMinMax(const float* x, size_t n) {
  using F = typename V::Float;
  constexpr size_t kChains = 4;
  if (n == 0) return {};
  F low[kChains], high[kChains];
  for (size_t c = 0; c < kChains; ++c) low[c] = high[c] = V::Set(x[0]);
  auto nan = V::Unordered(low[0], low[0]);
  // Min and Max keep what they have beside a NaN; an infinity stays in sight as an extremum.
  const auto step = [&](size_t c, F v) {
    low[c] = V::Min(v, low[c]);
    high[c] = V::Max(v, high[c]);
  };
  size_t i = 0;
  for (; i + kChains * V::kWidth <= n; i += kChains * V::kWidth) {
    F v[kChains];
    for (size_t c = 0; c < kChains; ++c) step(c, v[c] = V::Load(x + i + c * V::kWidth));
    for (size_t c = 0; c < kChains; c += 2) nan = nan | V::Unordered(v[c], v[c + 1]);
  }
  for (; i + V::kWidth <= n; i += V::kWidth) {
    const F v = V::Load(x + i);
    step(0, v);
    nan = nan | V::Unordered(v, v);
  }
  if (i < n) {
    // Elements that were seen already change nothing.
    float rest[V::kWidth];
    const float* last = x + n - V::kWidth;
    if (n < V::kWidth) {
      for (size_t lane = 0; lane < V::kWidth; ++lane) rest[lane] = x[lane < n ? lane : n - 1];
      last = rest;
    }
    const F v = V::Load(last);
    step(0, v);
    nan = nan | V::Unordered(v, v);
  }
  for (size_t c = 1; c < kChains; ++c) {
    low[0] = V::Min(low[0], low[c]);
    high[0] = V::Max(high[0], high[c]);
  }
  MinMaxResult result{V::Least(low[0]), V::Greatest(high[0]), true};
  constexpr float kInfinity = __builtin_inff();
  if (V::Any(nan) || !(result.min > -kInfinity && result.max < kInfinity)) return {0.0f, 0.0f, false};
  result.min += 0.0f;  // -0 becomes +0
  result.max += 0.0f;
  return result;
}

template <typename V, Reduction... kOps>
void FillReductions(KernelTable& table) {
  ((table.reduce_row[static_cast<size_t>(kOps)] = ReduceRow<V, kOps>), ...);
  ((table.accumulate_rows[static_cast<size_t>(kOps)] = AccumulateRows<V, kOps>), ...);
}

template <typename V>
void FillFolds(KernelTable& table) {
  FillReductions<V, Reduction::kSum, Reduction::kProduct, Reduction::kMaximum, Reduction::kMinimum>(table);
  table.sum_squares = SumSquares<V>;
  table.min_max = FindMinMax<V>;
}

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_FOLD_H_
