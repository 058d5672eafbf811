#include "kernels/integer.h"

#include <algorithm>
#include <vector>

#include "kernels/reference/reference.h"
#include "kernels/simd/integer_loops.h"

namespace zeropoint::kernels {
namespace {

std::vector<const IntegerKernels*> Available() {
  std::vector<const IntegerKernels*> tables = {reference::Integers(), simd::BaseIntegerKernels()};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) tables.push_back(simd::Avx2IntegerKernels());
  if (HasAvx512() && __builtin_cpu_supports("avx512vnni")) tables.push_back(simd::Avx512IntegerKernels());
#endif
  return tables;
}

}  // namespace

absl::Span<const IntegerKernels* const> AvailableIntegerKernels() {
  static const std::vector<const IntegerKernels*> tables = Available();
  return tables;
}

const IntegerKernels& BestIntegerKernels() {
  static const IntegerKernels& best = *Best(AvailableIntegerKernels());
  return best;
}

void FindTaps(const Window& window, const int16_t* image, int64_t y, int64_t x, const int16_t** taps) {
  for (int64_t ky = 0; ky < window.kernel_h; ++ky) {
    const int64_t in_y = y * window.stride_h - window.pad_top + ky * window.dilation_h;
    for (int64_t kx = 0; kx < window.kernel_w; ++kx) {
      const int64_t in_x = x * window.stride_w - window.pad_left + kx * window.dilation_w;
      const bool inside = in_y >= 0 && in_y < window.in_h && in_x >= 0 && in_x < window.in_w;
      *taps++ = inside ? image + (in_y * window.in_w + in_x) * window.in_c : nullptr;
    }
  }
}

void GatherTaps(const Window& window, const int16_t* image, int64_t y, int64_t x, int64_t first, int64_t depth,
                int16_t* row) {
  for (int64_t ky = 0; ky < window.kernel_h; ++ky) {
    const int64_t in_y = y * window.stride_h - window.pad_top + ky * window.dilation_h;
    for (int64_t kx = 0; kx < window.kernel_w; ++kx, row += depth) {
      const int64_t in_x = x * window.stride_w - window.pad_left + kx * window.dilation_w;
      if (in_y < 0 || in_y >= window.in_h || in_x < 0 || in_x >= window.in_w)
        std::fill_n(row, depth, int16_t{0});
      else
        std::copy_n(image + (in_y * window.in_w + in_x) * window.in_c + first, depth, row);
    }
  }
}

}  // namespace zeropoint::kernels
