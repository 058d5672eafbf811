// Releases of LiteRT, and what their kernels run according to the records.
#ifndef ZEROPOINT_OPS_RUNTIME_H_
#define ZEROPOINT_OPS_RUNTIME_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

inline constexpr Release kNewestRelease{2, 3};

// Oldest first; the last one is kNewestRelease.
absl::Span<const Release> KnownReleases();
std::string ToString(const Release& release);
// "1.4". kInvalidArgument, listing the releases that we know of, for anything else.
absl::StatusOr<Release> ParseRelease(absl::string_view text);

enum class KernelForm : uint8_t { kReal, kHybrid, kInt8, kInt16 };
// Since which release the op's kernel has the form.
Release Since(const RuntimeForms& runtime, KernelForm form);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_RUNTIME_H_
