// Kernels for processors with AVX-512 F, BW, DQ and VL: all but Xeon Phi. Compiled with these.
#include "kernels/simd/table.h"
#include "kernels/simd/vec.h"

namespace zeropoint::kernels::simd {

template <>
struct Vec<xsimd::avx512f> : VecBase<xsimd::avx512f> {
  static Float Fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  static Float Max(Float a, Float b) { return _mm512_max_ps(a, b); }
  static Float Min(Float a, Float b) { return _mm512_min_ps(a, b); }
  static Mask Unordered(Float a, Float b) { return Mask(_mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q)); }
  static float Least(Float x) { return _mm512_reduce_min_ps(x); }
  static float Greatest(Float x) { return _mm512_reduce_max_ps(x); }
  static constexpr bool kScales = true;
  static Float Scale(Float x, Float n) { return _mm512_scalef_ps(x, n); }
  static __mmask16 First(size_t n) { return static_cast<__mmask16>((1u << n) - 1u); }
  static Float LoadN(const float* p, size_t n) { return _mm512_maskz_loadu_ps(First(n), p); }
  static void StoreN(float* p, Float x, size_t n) { _mm512_mask_storeu_ps(p, First(n), x); }

  template <bool kStreamed>
  static void StoreTo(float* p, Float x) {
    if constexpr (kStreamed) return _mm512_stream_ps(p, x);
    _mm512_storeu_ps(p, x);
  }
  template <bool kStreamed>
  static void StoreBits(void* p, __m512i x) {
    if constexpr (kStreamed) return _mm512_stream_si512(static_cast<__m512i*>(p), x);
    _mm512_storeu_si512(p, x);
  }
  static void StreamFence() { _mm_sfence(); }
  // int8 and uint8 alike: the bits of what fits.
  template <bool kStreamed, typename T>
  static void Narrow(T* p, const Int (&q)[4]) {
    __m512i bytes = _mm512_castsi128_si512(_mm512_cvtepi32_epi8(q[0]));
    bytes = _mm512_inserti32x4(bytes, _mm512_cvtepi32_epi8(q[1]), 1);
    bytes = _mm512_inserti32x4(bytes, _mm512_cvtepi32_epi8(q[2]), 2);
    StoreBits<kStreamed>(p, _mm512_inserti32x4(bytes, _mm512_cvtepi32_epi8(q[3]), 3));
  }
  static constexpr bool kFixedPoint = true;
  // To the nearest integer, ties to even; beyond 32 bits, and of NaN, INT32_MIN.
  static Int RoundEven(Float x) { return _mm512_cvtps_epi32(x); }
  // Whether the lower 16 bits of some lane are less than kNear, a power of two.
  template <int kNear>
  static bool NearMultiple(const Int (&x)[4]) {
    const __m512i beyond = _mm512_set1_epi32(0x10000 - kNear);
    __mmask16 none = _mm512_test_epi32_mask(x[0], beyond);
    for (int v = 1; v < 4; ++v) none = _mm512_mask_test_epi32_mask(none, x[v], beyond);
    return none != 0xffff;
  }
  // The upper halves as bytes, those beyond the type at its limits; kLimited: between `low` and `high`.
  template <bool kStreamed, bool kLimited, typename T>
  static void NarrowUpper(T* p, const Int (&x)[4], int low, int high) {
    constexpr bool kSigned = std::is_signed_v<T>;
    const __m512i odd_words =
        _mm512_add_epi16(_mm512_set_epi16(62, 60, 58, 56, 54, 52, 50, 48, 46, 44, 42, 40, 38, 36, 34, 32, 30, 28, 26,
                                          24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0),
                         _mm512_set1_epi16(1));
    const __m512i first = _mm512_permutex2var_epi16(x[0], odd_words, x[1]);
    const __m512i second = _mm512_permutex2var_epi16(x[2], odd_words, x[3]);
    __m512i bytes = kSigned ? _mm512_packs_epi16(first, second) : _mm512_packus_epi16(first, second);
    // Packing works within 128 bits: eight of the first, eight of the second, and so on.
    bytes = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), bytes);
    if constexpr (kLimited) {
      const __m512i least = _mm512_set1_epi8(static_cast<char>(low)), most = _mm512_set1_epi8(static_cast<char>(high));
      bytes = kSigned ? _mm512_min_epi8(most, _mm512_max_epi8(least, bytes))
                      : _mm512_min_epu8(most, _mm512_max_epu8(least, bytes));
    }
    StoreBits<kStreamed>(p, bytes);
  }
  template <bool kStreamed>
  static void Narrow(int16_t* p, const Int (&q)[2]) {
    const __m512i low = _mm512_castsi256_si512(_mm512_cvtepi32_epi16(q[0]));
    StoreBits<kStreamed>(p, _mm512_inserti64x4(low, _mm512_cvtepi32_epi16(q[1]), 1));
  }
  static __m128i Load16(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
  static __m256i Load32(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static Int Widen(const int8_t* p) { return _mm512_cvtepi8_epi32(Load16(p)); }
  static Int Widen(const uint8_t* p) { return _mm512_cvtepu8_epi32(Load16(p)); }
  static Int Widen(const int16_t* p) { return _mm512_cvtepi16_epi32(Load32(p)); }
  // Of a NaN the processor would keep the payload.
  static __m256i Half(Float x) {
    return _mm512_cvtps_ph(Select(x == x, x, CopySign(Set(__builtin_nanf("")), x)), _MM_FROUND_TO_NEAREST_INT);
  }
  template <bool kStreamed>
  static void NarrowHalf(uint16_t* p, Float a, Float b) {
    StoreBits<kStreamed>(p, _mm512_inserti64x4(_mm512_castsi256_si512(Half(a)), Half(b), 1));
  }
  static Float WidenHalf(const uint16_t* p) { return _mm512_cvtph_ps(Load32(p)); }
};

const KernelTable* Avx512Kernels() {
  static const KernelTable table = [] {
    KernelTable t{Isa::kAvx512, "avx512f"};
    FillTable<Vec<xsimd::avx512f>, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1>(t);
    return t;
  }();
  return &table;
}

}  // namespace zeropoint::kernels::simd
