// Elementwise kernels: the functors of kernels/elementwise.h and the loops that apply them.
#ifndef ZEROPOINT_KERNELS_SIMD_MAP_H_
#define ZEROPOINT_KERNELS_SIMD_MAP_H_

#include "kernels/kernel_table.h"
#include "kernels/simd/math.h"

namespace zeropoint::kernels::simd {

template <typename V, Unary kOp>
typename V::Float Apply(typename V::Float x, float parameter) {
  using M = Math<V>;
  const auto clamp = [](typename V::Float v, float low, float high) {
    return V::Min(V::Set(high), V::Max(V::Set(low), v));
  };
  if constexpr (kOp == Unary::kRelu) return V::Max(V::Set(0.0f), x);
  if constexpr (kOp == Unary::kRelu6) return clamp(x, 0.0f, 6.0f);
  if constexpr (kOp == Unary::kReluN1To1) return clamp(x, -1.0f, 1.0f);
  if constexpr (kOp == Unary::kRelu0To1) return clamp(x, 0.0f, 1.0f);
  if constexpr (kOp == Unary::kLeakyRelu) return V::Select(x < V::Set(0.0f), x * V::Set(parameter), x);
  if constexpr (kOp == Unary::kLogistic) return M::Logistic(x);
  if constexpr (kOp == Unary::kTanh) return M::Tanh(x);
  if constexpr (kOp == Unary::kElu) return M::Elu(x);
  if constexpr (kOp == Unary::kHardSwish) return M::HardSwish(x);
  if constexpr (kOp == Unary::kGelu) return M::Gelu(x);
  if constexpr (kOp == Unary::kGeluTanh) return M::GeluTanh(x);
  if constexpr (kOp == Unary::kExp) return M::Exp(x);
  if constexpr (kOp == Unary::kLog) return M::Log(x);
  if constexpr (kOp == Unary::kSqrt) return V::Sqrt(x);
  if constexpr (kOp == Unary::kRsqrt) return V::Set(1.0f) / V::Sqrt(x);
  if constexpr (kOp == Unary::kSquare) return x * x;
  if constexpr (kOp == Unary::kAbs) return V::Abs(x);
  if constexpr (kOp == Unary::kNeg) return V::FromBits(V::Bits(x) ^ V::SetInt(INT32_MIN));
  if constexpr (kOp == Unary::kFloor) return M::Floor(x);
  if constexpr (kOp == Unary::kCeil) return M::Ceil(x);
  if constexpr (kOp == Unary::kRound) return M::Round(x);
}

template <typename V, Binary kOp>
typename V::Float Apply(typename V::Float a, typename V::Float b) {
  if constexpr (kOp == Binary::kAdd) return a + b;
  if constexpr (kOp == Binary::kSub) return a - b;
  if constexpr (kOp == Binary::kMul) return a * b;
  if constexpr (kOp == Binary::kDiv) return a / b;
  if constexpr (kOp == Binary::kMaximum) return V::Max(a, b);
  if constexpr (kOp == Binary::kMinimum) return V::Min(a, b);
  if constexpr (kOp == Binary::kSquaredDifference) return (a - b) * (a - b);
  if constexpr (kOp == Binary::kFloorDiv) return Math<V>::Floor(a / b);
  if constexpr (kOp == Binary::kPrelu) return V::Select(a < V::Set(0.0f), a * b, a);
}

template <typename V, Unary kOp>
void MapUnary(const float* x, float* y, size_t n, float parameter) {
  size_t i = 0;
  for (; i + V::kWidth <= n; i += V::kWidth) V::Store(y + i, Apply<V, kOp>(V::Load(x + i), parameter));
  if (i < n) V::StoreN(y + i, Apply<V, kOp>(V::LoadN(x + i, n - i), parameter), n - i);
}

template <typename V>
void MapExpShifted(const float* x, float* y, size_t n, float shift, float factor) {
  const auto f = [&](typename V::Float v) { return Math<V>::Exp((v - V::Set(shift)) * V::Set(factor)); };
  size_t i = 0;
  for (; i + V::kWidth <= n; i += V::kWidth) V::Store(y + i, f(V::Load(x + i)));
  if (i < n) V::StoreN(y + i, f(V::LoadN(x + i, n - i)), n - i);
}

template <typename V, Binary kOp, bool kAWalks, bool kBWalks>
void MapPairs(const float* a, const float* b, float* y, size_t n, Clamp clamp) {
  using F = typename V::Float;
  const F low = V::Set(clamp.low), high = V::Set(clamp.high);
  const F a0 = V::Set(*a), b0 = V::Set(*b);
  const auto f = [&](F u, F v) { return V::Min(high, V::Max(low, Apply<V, kOp>(u, v))); };
  size_t i = 0;
  for (; i + V::kWidth <= n; i += V::kWidth) {
    V::Store(y + i, f(kAWalks ? V::Load(a + i) : a0, kBWalks ? V::Load(b + i) : b0));
  }
  const size_t rest = n - i;
  if (rest > 0) V::StoreN(y + i, f(kAWalks ? V::LoadN(a + i, rest) : a0, kBWalks ? V::LoadN(b + i, rest) : b0), rest);
}

template <typename V, Binary kOp>
void MapBinary(const float* a, bool a_walks, const float* b, bool b_walks, float* y, size_t n, Clamp clamp) {
  if (n == 0) return;
  if (a_walks && b_walks) return MapPairs<V, kOp, true, true>(a, b, y, n, clamp);
  if (a_walks) return MapPairs<V, kOp, true, false>(a, b, y, n, clamp);
  if (b_walks) return MapPairs<V, kOp, false, true>(a, b, y, n, clamp);
  MapPairs<V, kOp, false, false>(a, b, y, n, clamp);
}

template <typename V, Unary... kOps>
void FillUnary(KernelTable& table) {
  ((table.unary[static_cast<size_t>(kOps)] = MapUnary<V, kOps>), ...);
}
template <typename V, Binary... kOps>
void FillBinary(KernelTable& table) {
  ((table.binary[static_cast<size_t>(kOps)] = MapBinary<V, kOps>), ...);
}

template <typename V>
void FillMaps(KernelTable& table) {
  FillUnary<V, Unary::kRelu, Unary::kRelu6, Unary::kReluN1To1, Unary::kRelu0To1, Unary::kLeakyRelu, Unary::kLogistic,
            Unary::kTanh, Unary::kElu, Unary::kHardSwish, Unary::kGelu, Unary::kGeluTanh, Unary::kExp, Unary::kLog,
            Unary::kSqrt, Unary::kRsqrt, Unary::kSquare, Unary::kAbs, Unary::kNeg, Unary::kFloor, Unary::kCeil,
            Unary::kRound>(table);
  FillBinary<V, Binary::kAdd, Binary::kSub, Binary::kMul, Binary::kDiv, Binary::kMaximum, Binary::kMinimum,
             Binary::kSquaredDifference, Binary::kFloorDiv, Binary::kPrelu>(table);
  table.exp_shifted = MapExpShifted<V>;
}

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_MAP_H_
