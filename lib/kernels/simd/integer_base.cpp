// Integer loops for any processor of the architecture; on 64-bit ARM that has NEON's multiply and add.
#include "kernels/simd/integer_loops.h"

namespace zeropoint::kernels::simd {

#if defined(__aarch64__)
constexpr Isa kBase = Isa::kNeon64;
#elif defined(__x86_64__)
constexpr Isa kBase = Isa::kSse2;
#else
constexpr Isa kBase = Isa::kReference;
#endif

const IntegerKernels* BaseIntegerKernels() {
  struct Tag;
  static constexpr IntegerKernels kTable = IntegerLoops<Tag>::Table(kBase, "base");
  return &kTable;
}

}  // namespace zeropoint::kernels::simd
