// Kernels for any 64-bit x86 processor.
#include "kernels/simd/table.h"
#include "kernels/simd/vec.h"

namespace zeropoint::kernels::simd {
namespace {

// x + y, rounded to odd: what is cut off stays visible in the last bit, so that rounding once more to float gives the
// float nearest to the exact sum (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
__m128d AddToOdd(__m128d x, __m128d y) {
  const __m128d sum = _mm_add_pd(x, y);
  const __m128d y_part = _mm_sub_pd(sum, x);
  const __m128d error = _mm_add_pd(_mm_sub_pd(x, _mm_sub_pd(sum, y_part)), _mm_sub_pd(y, y_part));
  const __m128d zero = _mm_setzero_pd();
  // Ordered comparisons: infinities and NaN, whose error is NaN, stay as they are.
  const __m128i inexact = _mm_castpd_si128(_mm_or_pd(_mm_cmplt_pd(error, zero), _mm_cmpgt_pd(error, zero)));
  const __m128i one = _mm_set1_epi64x(1);
  const __m128i bits = _mm_castpd_si128(sum);
  const __m128i even = _mm_sub_epi64(_mm_and_si128(bits, one), one);  // all ones where the last bit is 0
  // The magnitude grows when the error has the sum's sign, else it shrinks.
  const __m128i opposite = _mm_srli_epi64(_mm_castpd_si128(_mm_xor_pd(sum, error)), 63);
  const __m128i step = _mm_sub_epi64(one, _mm_slli_epi64(opposite, 1));
  return _mm_castsi128_pd(_mm_add_epi64(bits, _mm_and_si128(step, _mm_and_si128(inexact, even))));
}

}  // namespace

template <>
struct Vec<xsimd::sse2> : VecBase<xsimd::sse2> {
  static Float Max(Float a, Float b) { return _mm_max_ps(a, b); }
  static Float Min(Float a, Float b) { return _mm_min_ps(a, b); }
  static Mask Unordered(Float a, Float b) { return Mask(_mm_cmpunord_ps(a, b)); }
  // The product of two floats is exact in double.
  static Float Fma(Float a, Float b, Float c) {
    const __m128 x = a, y = b, z = c;
    const auto half = [](__m128 u, __m128 v, __m128 w) {
      return _mm_cvtpd_ps(AddToOdd(_mm_mul_pd(_mm_cvtps_pd(u), _mm_cvtps_pd(v)), _mm_cvtps_pd(w)));
    };
    const __m128 low = half(x, y, z);
    const __m128 high = half(_mm_movehl_ps(x, x), _mm_movehl_ps(y, y), _mm_movehl_ps(z, z));
    return _mm_movelh_ps(low, high);
  }

  template <bool kStreamed>
  static void StoreTo(float* p, Float x) {
    if constexpr (kStreamed) return _mm_stream_ps(p, x);
    _mm_storeu_ps(p, x);
  }
  template <bool kStreamed>
  static void StoreBits(void* p, __m128i x) {
    if constexpr (kStreamed) return _mm_stream_si128(static_cast<__m128i*>(p), x);
    _mm_storeu_si128(static_cast<__m128i*>(p), x);
  }
  static void StreamFence() { _mm_sfence(); }
  template <bool kStreamed>
  static void Narrow(int8_t* p, const Int (&q)[4]) {
    StoreBits<kStreamed>(p, _mm_packs_epi16(_mm_packs_epi32(q[0], q[1]), _mm_packs_epi32(q[2], q[3])));
  }
  template <bool kStreamed>
  static void Narrow(uint8_t* p, const Int (&q)[4]) {
    StoreBits<kStreamed>(p, _mm_packus_epi16(_mm_packs_epi32(q[0], q[1]), _mm_packs_epi32(q[2], q[3])));
  }
  template <bool kStreamed>
  static void Narrow(int16_t* p, const Int (&q)[2]) {
    StoreBits<kStreamed>(p, _mm_packs_epi32(q[0], q[1]));
  }
  static __m128i Load4(const void* p) {
    int32_t bytes;
    __builtin_memcpy(&bytes, p, sizeof bytes);
    return _mm_cvtsi32_si128(bytes);
  }
  static __m128i Load8(const void* p) { return _mm_loadl_epi64(static_cast<const __m128i*>(p)); }
  // Into the upper part of each lane, then down with or without the sign.
  static Int Widen(const int8_t* p) {
    const __m128i pairs = _mm_unpacklo_epi8(_mm_setzero_si128(), Load4(p));
    return _mm_srai_epi32(_mm_unpacklo_epi16(_mm_setzero_si128(), pairs), 24);
  }
  static Int Widen(const uint8_t* p) {
    return _mm_unpacklo_epi16(_mm_unpacklo_epi8(Load4(p), _mm_setzero_si128()), _mm_setzero_si128());
  }
  static Int Widen(const int16_t* p) { return _mm_srai_epi32(_mm_unpacklo_epi16(_mm_setzero_si128(), Load8(p)), 16); }
  template <bool kStreamed>
  static void NarrowHalf(uint16_t* p, Float a, Float b) {
    // Signed saturation leaves 16 bits alone that were extended by their sign.
    const auto extended = [](Float x) { return _mm_srai_epi32(_mm_slli_epi32(HalfBits<Vec>(x), 16), 16); };
    StoreBits<kStreamed>(p, _mm_packs_epi32(extended(a), extended(b)));
  }
  static Float WidenHalf(const uint16_t* p) {
    return FloatOfHalf<Vec>(Int(_mm_unpacklo_epi16(Load8(p), _mm_setzero_si128())));
  }
};

const KernelTable* Sse2Kernels() {
  static const KernelTable table = [] {
    KernelTable t{Isa::kSse2, "sse2"};
    FillTable<Vec<xsimd::sse2>, 4, 3, 2, 1>(t);
    return t;
  }();
  return &table;
}

}  // namespace zeropoint::kernels::simd
