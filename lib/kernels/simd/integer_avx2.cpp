// Integer loops for processors with AVX2. Compiled with -O3 -mavx2.
#include "kernels/simd/integer_loops.h"

namespace zeropoint::kernels::simd {

const IntegerKernels* Avx2IntegerKernels() {
  struct Tag;
  static constexpr IntegerKernels kTable = IntegerLoops<Tag>::Table(Isa::kAvx2, "avx2");
  return &kTable;
}

}  // namespace zeropoint::kernels::simd
