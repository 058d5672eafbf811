// Which instruction sets may be used. A processor's best are taken; the environment variable ZEROPOINT_SIMD caps them,
// for comparisons of levels on one machine.
#ifndef ZEROPOINT_KERNELS_LEVEL_H_
#define ZEROPOINT_KERNELS_LEVEL_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zeropoint::kernels {

// In rising order; each architecture has a part of them.
enum class Isa : uint8_t { kReference, kSse2, kAvx2, kAvx512, kNeon64 };

inline constexpr char kSimdVariable[] = "ZEROPOINT_SIMD";

// "scalar", "sse2", "avx2", "avx512", "neon64"; kInvalidArgument for what is no level of this architecture.
absl::StatusOr<Isa> ParseSimdLevel(absl::string_view name);

// The highest that may be used, read from the environment once. Without the variable, or where it is empty or names no
// level: no cap.
Isa SimdCap();
// kInvalidArgument where the variable names no level.
absl::Status CheckSimdVariable();

// Whether the processor has AVX-512 F, BW, DQ and VL, which the tables named after it need.
bool HasAvx512();

// The best of tables that stand in rising order, the first of which is always allowed.
template <typename Tables>
auto Best(const Tables& tables, Isa cap = SimdCap()) {
  auto best = tables.front();
  for (const auto& table : tables) {
    if (table->isa <= cap) best = table;
  }
  return best;
}

}  // namespace zeropoint::kernels

#endif  // ZEROPOINT_KERNELS_LEVEL_H_
