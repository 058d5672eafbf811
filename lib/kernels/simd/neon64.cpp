// Kernels for 64-bit ARM processors.
#include "kernels/simd/table.h"
#include "kernels/simd/vec.h"

namespace zeropoint::kernels::simd {

template <>
struct Vec<xsimd::neon64> : VecBase<xsimd::neon64> {
  static Float Fma(Float a, Float b, Float c) { return vfmaq_f32(c, a, b); }
};

const KernelTable* Neon64Kernels() {
  static const KernelTable table = [] {
    KernelTable t{Isa::kNeon64, "neon64"};
    FillTable<Vec<xsimd::neon64>, 8, 4, 2, 1>(t);
    return t;
  }();
  return &table;
}

}  // namespace zeropoint::kernels::simd
