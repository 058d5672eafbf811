#include "kernels/kernel_table.h"

#include <vector>

#include "kernels/reference/reference.h"
#include "kernels/simd/table.h"

namespace zeropoint::kernels {
namespace {

std::vector<const KernelTable*> Available() {
  std::vector<const KernelTable*> tables = {reference::Kernels()};
#if defined(__x86_64__)
  tables.push_back(simd::Sse2Kernels());
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")) {
    tables.push_back(simd::Avx2Kernels());
  }
  if (HasAvx512()) tables.push_back(simd::Avx512Kernels());
#elif defined(__aarch64__)
  tables.push_back(simd::Neon64Kernels());
#endif
  return tables;
}

}  // namespace

absl::Span<const KernelTable* const> AvailableKernels() {
  static const std::vector<const KernelTable*> tables = Available();
  return tables;
}

const KernelTable* FindKernels(Isa isa) {
  for (const KernelTable* table : AvailableKernels()) {
    if (table->isa == isa) return table;
  }
  return nullptr;
}

const KernelTable& BestKernels() {
  static const KernelTable& best = *Best(AvailableKernels());
  return best;
}

MinMaxResult MinMax(const float* x, size_t n) { return BestKernels().min_max(x, n); }

}  // namespace zeropoint::kernels
