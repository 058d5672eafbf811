// Integer loops for processors with AVX-512 and its dot products (VNNI). Compiled with -O3 and the flags in
// CMakeLists.txt.
#include "kernels/simd/integer_loops.h"

namespace zeropoint::kernels::simd {

const IntegerKernels* Avx512IntegerKernels() {
  struct Tag;
  static constexpr IntegerKernels kTable = IntegerLoops<Tag>::Table(Isa::kAvx512, "avx512+vnni");
  return &kTable;
}

}  // namespace zeropoint::kernels::simd
