// Kernels for processors with AVX-512F. Compiled with -mavx512f.
#include "kernels/simd/table.h"
#include "kernels/simd/vec.h"

namespace zeropoint::kernels::simd {

template <>
struct Vec<xsimd::avx512f> : VecBase<xsimd::avx512f> {
  static Float Fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  static Float Max(Float a, Float b) { return _mm512_max_ps(a, b); }
  static Float Min(Float a, Float b) { return _mm512_min_ps(a, b); }
  static __mmask16 First(size_t n) { return static_cast<__mmask16>((1u << n) - 1u); }
  static Float LoadN(const float* p, size_t n) { return _mm512_maskz_loadu_ps(First(n), p); }
  static void StoreN(float* p, Float x, size_t n) { _mm512_mask_storeu_ps(p, First(n), x); }
};

const KernelTable* Avx512Kernels() {
  static const KernelTable table = [] {
    KernelTable t{Isa::kAvx512, "avx512f"};
    FillTable<Vec<xsimd::avx512f>, 12, 8, 4, 2, 1>(t);
    return t;
  }();
  return &table;
}

}  // namespace zeropoint::kernels::simd
