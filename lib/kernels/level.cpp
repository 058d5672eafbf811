#include "kernels/level.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace zeropoint::kernels {
namespace {

constexpr std::pair<const char*, Isa> kLevels[] = {
    {"scalar", Isa::kReference},
#if defined(__x86_64__)
    {"sse2", Isa::kSse2},
    {"avx2", Isa::kAvx2},
    {"avx512", Isa::kAvx512},
#elif defined(__aarch64__)
    {"neon64", Isa::kNeon64},
#endif
};

// The first call decides, so that all kernels of a process agree.
const absl::StatusOr<Isa>& Level() {
  static const absl::StatusOr<Isa> level = []() -> absl::StatusOr<Isa> {
    const char* name = std::getenv(kSimdVariable);
    if (name == nullptr || *name == '\0') return Isa::kNeon64;  // the last: none is above it
    return ParseSimdLevel(name);
  }();
  return level;
}

}  // namespace

absl::StatusOr<Isa> ParseSimdLevel(absl::string_view name) {
  std::string names;
  for (const auto& [known, isa] : kLevels) {
    if (name == known) return isa;
    absl::StrAppend(&names, names.empty() ? "" : ", ", known);
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no SIMD level '", name, "' here, only ", names));
}

Isa SimdCap() { return Level().ok() ? *Level() : Isa::kNeon64; }

bool HasAvx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

absl::Status CheckSimdVariable() {
  if (Level().ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(kSimdVariable, ": ", Level().status().message()));
}

}  // namespace zeropoint::kernels
