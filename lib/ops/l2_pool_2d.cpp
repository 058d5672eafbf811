// L2_POOL_2D: the square root of the mean square of each window; positions outside the input do not count.
#include <algorithm>
#include <cmath>

#include "ops/activation.h"
#include "ops/pool.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

void L2Pool2d(const kernels::KernelTable&, const kernels::Window& w, const float* input, kernels::Clamp clamp,
              float* output, void*) {
  for (int64_t b = 0; b < w.batch; ++b) {
    for (int64_t y = 0; y < w.out_h; ++y) {
      const int64_t top = y * w.stride_h - w.pad_top;
      const int64_t first_row = std::max<int64_t>(top, 0), end_row = std::min(top + w.kernel_h, w.in_h);
      for (int64_t x = 0; x < w.out_w; ++x) {
        const int64_t left = x * w.stride_w - w.pad_left;
        const int64_t first_column = std::max<int64_t>(left, 0), end_column = std::min(left + w.kernel_w, w.in_w);
        const float count = static_cast<float>((end_row - first_row) * (end_column - first_column));
        for (int64_t c = 0; c < w.in_c; ++c) {
          float sum = 0.0f;
          for (int64_t row = first_row; row < end_row; ++row) {
            for (int64_t column = first_column; column < end_column; ++column) {
              const float v = input[((b * w.in_h + row) * w.in_w + column) * w.in_c + c];
              sum += v * v;
            }
          }
          *output++ = std::min(clamp.high, std::max(clamp.low, std::sqrt(sum / count)));
        }
      }
    }
  }
}

}  // namespace

namespace records {

OpDef L2Pool2d() {
  OpDef def = PoolRecord("L2_POOL_2D", schema::BuiltinOperator_L2_POOL_2D, "", EvalPool<ops::L2Pool2d>);
  def.tf = {};
  def.quant = {};
  def.version = nullptr;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
