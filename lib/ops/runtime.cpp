#include "ops/runtime.h"

#include "absl/strings/str_cat.h"

namespace zeropoint::ops {
namespace {

// Those published as packages of the interpreter; patches change no kernels that the records tell of.
constexpr Release kReleases[] = {{1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {2, 0}, {2, 1}, {2, 2}, kNewestRelease};

}  // namespace

absl::Span<const Release> KnownReleases() { return kReleases; }

std::string ToString(const Release& release) { return absl::StrCat(release.major, ".", release.minor); }

absl::StatusOr<Release> ParseRelease(absl::string_view text) {
  std::string known;
  for (const Release& release : kReleases) {
    if (text == ToString(release)) return release;
    absl::StrAppend(&known, known.empty() ? "" : ", ", ToString(release));
  }
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no release of LiteRT that we know: ", known));
}

Release Since(const RuntimeForms& runtime, KernelForm form) {
  switch (form) {
    case KernelForm::kReal:
      return runtime.real;
    case KernelForm::kHybrid:
      return runtime.hybrid;
    case KernelForm::kInt8:
      return runtime.int8;
    case KernelForm::kInt16:
      return runtime.int16;
  }
  return kNever;
}

}  // namespace zeropoint::ops
