// The vector type that kernels are written on: xsimd's batch, plus the operations that must give the same bits on every
// instruction set. Included only by the files that are compiled for one instruction set; every function here is a
// template over it, so that no code for a newer processor can stand in for that of an older one.
#ifndef ZEROPOINT_KERNELS_SIMD_VEC_H_
#define ZEROPOINT_KERNELS_SIMD_VEC_H_

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

namespace zeropoint::kernels::simd {

// Lane-wise operations shared by all specialisations. Max and Min return the second operand when either is NaN.
template <typename Arch>
struct VecBase {
  using Float = xsimd::batch<float, Arch>;
  using Int = xsimd::batch<int32_t, Arch>;
  using Mask = xsimd::batch_bool<float, Arch>;
  static constexpr size_t kWidth = Float::size;

  static Float Load(const float* p) { return Float::load_unaligned(p); }
  static void Store(float* p, Float x) { x.store_unaligned(p); }
  static Float Set(float x) { return Float(x); }
  static Float Select(Mask m, Float a, Float b) { return xsimd::select(m, a, b); }
  static Float Max(Float a, Float b) { return Select(a > b, a, b); }
  static Float Min(Float a, Float b) { return Select(a < b, a, b); }
  // Whether there is Scale(x, n) = x * 2^n for integral n, rounded once.
  static constexpr bool kScales = false;
  static Float Sqrt(Float x) { return xsimd::sqrt(x); }
  static Int Bits(Float x) { return xsimd::bitwise_cast<Int>(x); }
  static Float FromBits(Int x) { return xsimd::bitwise_cast<Float>(x); }
  static Int SetInt(int32_t x) { return Int(x); }
  static Float Abs(Float x) { return FromBits(Bits(x) & SetInt(0x7fffffff)); }
  // `magnitude`, which is not negative, with the sign of `sign`.
  static Float CopySign(Float magnitude, Float sign) {
    return FromBits(Bits(magnitude) | (Bits(sign) & SetInt(INT32_MIN)));
  }

  // The first n < kWidth elements; the others are 0, and memory behind n is not touched.
  static Float LoadN(const float* p, size_t n) {
    float buffer[kWidth] = {};
    for (size_t i = 0; i < n; ++i) buffer[i] = p[i];
    return Load(buffer);
  }
  static void StoreN(float* p, Float x, size_t n) {
    float buffer[kWidth];
    Store(buffer, x);
    for (size_t i = 0; i < n; ++i) p[i] = buffer[i];
  }

  static Int Choose(Mask m, Int a, Int b) { return Bits(Select(m, FromBits(a), FromBits(b))); }
  // Of all lanes, none of which is NaN; which zero, where both are there, is left open.
  static float Least(Float x) {
    return FoldLanes(x, [](float a, float b) { return a < b ? a : b; });
  }
  static float Greatest(Float x) {
    return FoldLanes(x, [](float a, float b) { return a > b ? a : b; });
  }
  template <typename Combine>
  static float FoldLanes(Float x, const Combine& combine) {
    float lanes[kWidth];
    Store(lanes, x);
    for (size_t half = kWidth / 2; half > 0; half /= 2) {
      for (size_t i = 0; i < half; ++i) lanes[i] = combine(lanes[i], lanes[i + half]);
    }
    return lanes[0];
  }
  static bool Any(Mask m) { return xsimd::any(m); }
  // Lanes in which a or b is NaN.
  static Mask Unordered(Float a, Float b) { return (a != a) | (b != b); }
  // Whether there are RoundEven, NearMultiple and NarrowUpper, for bytes by fixed point (kernels/simd/convert.h).
  static constexpr bool kFixedPoint = false;
  // Towards zero; |x| < 2^31.
  static Int Truncate(Float x) { return xsimd::to_int(x); }
  static Float FromInt(Int x) { return xsimd::to_float(x); }
};

template <typename Arch>
struct Vec;

}  // namespace zeropoint::kernels::simd

#endif  // ZEROPOINT_KERNELS_SIMD_VEC_H_
