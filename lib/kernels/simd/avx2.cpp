// Kernels for processors with AVX2, FMA and F16C. Compiled with -mavx2 -mfma -mf16c.
#include "kernels/simd/table.h"
#include "kernels/simd/vec.h"

namespace zeropoint::kernels::simd {

using Arch = xsimd::fma3<xsimd::avx2>;

template <>
struct Vec<Arch> : VecBase<Arch> {
  static Float Fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  static Float Max(Float a, Float b) { return _mm256_max_ps(a, b); }
  static Float Min(Float a, Float b) { return _mm256_min_ps(a, b); }
  static Mask Unordered(Float a, Float b) { return Mask(_mm256_cmp_ps(a, b, _CMP_UNORD_Q)); }
  // By halves, in registers.
  static float Least(Float x) {
    __m128 low = _mm_min_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    low = _mm_min_ps(low, _mm_movehl_ps(low, low));
    return _mm_cvtss_f32(_mm_min_ss(low, _mm_movehdup_ps(low)));
  }
  static float Greatest(Float x) {
    __m128 high = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    high = _mm_max_ps(high, _mm_movehl_ps(high, high));
    return _mm_cvtss_f32(_mm_max_ss(high, _mm_movehdup_ps(high)));
  }
  // Lanes below n.
  static __m256i First(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static Float LoadN(const float* p, size_t n) { return _mm256_maskload_ps(p, First(n)); }
  static void StoreN(float* p, Float x, size_t n) { _mm256_maskstore_ps(p, First(n), x); }

  template <bool kStreamed>
  static void StoreTo(float* p, Float x) {
    if constexpr (kStreamed) return _mm256_stream_ps(p, x);
    _mm256_storeu_ps(p, x);
  }
  template <bool kStreamed>
  static void StoreBits(void* p, __m256i x) {
    if constexpr (kStreamed) return _mm256_stream_si256(static_cast<__m256i*>(p), x);
    _mm256_storeu_si256(static_cast<__m256i*>(p), x);
  }
  static void StreamFence() { _mm_sfence(); }
  // Packing works in each half of a vector: the 32-bit groups 0 to 7 of the result then stand in the order given here.
  static __m256i InOrder(__m256i packed) {
    return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  }
  template <bool kStreamed>
  static void Narrow(int8_t* p, const Int (&q)[4]) {
    const __m256i low = _mm256_packs_epi32(q[0], q[1]), high = _mm256_packs_epi32(q[2], q[3]);
    StoreBits<kStreamed>(p, InOrder(_mm256_packs_epi16(low, high)));
  }
  template <bool kStreamed>
  static void Narrow(uint8_t* p, const Int (&q)[4]) {
    const __m256i low = _mm256_packs_epi32(q[0], q[1]), high = _mm256_packs_epi32(q[2], q[3]);
    StoreBits<kStreamed>(p, InOrder(_mm256_packus_epi16(low, high)));
  }
  template <bool kStreamed>
  static void Narrow(int16_t* p, const Int (&q)[2]) {
    StoreBits<kStreamed>(p, _mm256_permute4x64_epi64(_mm256_packs_epi32(q[0], q[1]), _MM_SHUFFLE(3, 1, 2, 0)));
  }
  static __m128i Load8(const void* p) { return _mm_loadl_epi64(static_cast<const __m128i*>(p)); }
  static __m128i Load16(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
  static Int Widen(const int8_t* p) { return _mm256_cvtepi8_epi32(Load8(p)); }
  static Int Widen(const uint8_t* p) { return _mm256_cvtepu8_epi32(Load8(p)); }
  static Int Widen(const int16_t* p) { return _mm256_cvtepi16_epi32(Load16(p)); }
  // Of a NaN the processor would keep the payload.
  static __m128i Half(Float x) {
    return _mm256_cvtps_ph(Select(x == x, x, CopySign(Set(__builtin_nanf("")), x)), _MM_FROUND_TO_NEAREST_INT);
  }
  template <bool kStreamed>
  static void NarrowHalf(uint16_t* p, Float a, Float b) {
    StoreBits<kStreamed>(p, _mm256_inserti128_si256(_mm256_castsi128_si256(Half(a)), Half(b), 1));
  }
  static Float WidenHalf(const uint16_t* p) { return _mm256_cvtph_ps(Load16(p)); }
};

const KernelTable* Avx2Kernels() {
  static const KernelTable table = [] {
    KernelTable t{Isa::kAvx2, "avx2+fma"};
    FillTable<Vec<Arch>, 6, 5, 4, 3, 2, 1>(t);
    return t;
  }();
  return &table;
}

}  // namespace zeropoint::kernels::simd
