// Kernels for processors with AVX2 and FMA. Compiled with -mavx2 -mfma.
#include "kernels/simd/table.h"
#include "kernels/simd/vec.h"

namespace zeropoint::kernels::simd {

using Arch = xsimd::fma3<xsimd::avx2>;

template <>
struct Vec<Arch> : VecBase<Arch> {
  static Float Fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  static Float Max(Float a, Float b) { return _mm256_max_ps(a, b); }
  static Float Min(Float a, Float b) { return _mm256_min_ps(a, b); }
  // Lanes below n.
  static __m256i First(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static Float LoadN(const float* p, size_t n) { return _mm256_maskload_ps(p, First(n)); }
  static void StoreN(float* p, Float x, size_t n) { _mm256_maskstore_ps(p, First(n), x); }
};

const KernelTable* Avx2Kernels() {
  static const KernelTable table = [] {
    KernelTable t{Isa::kAvx2, "avx2+fma"};
    FillTable<Vec<Arch>, 6, 4, 2, 1>(t);
    return t;
  }();
  return &table;
}

}  // namespace zeropoint::kernels::simd
