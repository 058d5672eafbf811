// Integer loops for any processor of the architecture; on 64-bit ARM that has NEON's multiply and add.
#include "kernels/simd/integer_loops.h"

namespace zeropoint::kernels::simd {

const IntegerKernels* BaseIntegerKernels() {
  struct Tag;
  static constexpr IntegerKernels kTable = IntegerLoops<Tag>::Table("base");
  return &kTable;
}

}  // namespace zeropoint::kernels::simd
