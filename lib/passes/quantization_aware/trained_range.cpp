#include "passes/quantization_aware/trained_range.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace zeropoint::passes {
namespace {

constexpr int64_t kNarrowInt8 = 127;

}  // namespace

absl::StatusOr<Grid> FakeQuantGrid(float min, float max, int64_t bits, bool narrow) {
  if (bits < 2 || bits > 16) return absl::InvalidArgumentError(absl::StrCat("num_bits ", bits, " is outside [2, 16]"));
  if (!(min < max) || !std::isfinite(max - min)) {
    return absl::InvalidArgumentError(absl::StrCat("no range from ", min, " to ", max));
  }
  Grid grid;
  grid.low = narrow ? 1 : 0;
  grid.high = (int64_t{1} << bits) - 1;
  const float low = static_cast<float>(grid.low), high = static_cast<float>(grid.high);
  const float step = (max - min) / (high - low);
  grid.step = static_cast<double>(step);
  grid.zero_point = static_cast<int64_t>(std::round(std::clamp(low - min / step, low, high)));
  return grid;
}

float Snap(const Grid& grid, float element) {
  const double q = std::round(static_cast<double>(element) / grid.step);
  const double low = static_cast<double>(grid.low - grid.zero_point);
  const double high = static_cast<double>(grid.high - grid.zero_point);
  return static_cast<float>(std::clamp(q, low, high) * grid.step);
}

ir::Range WeightRange(const Grid& grid) {
  // One step beyond -127 is what a grid of all 256 values has; giving it up keeps the other 255 where training put
  // them.
  const int64_t farthest = std::max(std::abs(grid.low - grid.zero_point), std::abs(grid.high - grid.zero_point));
  const int64_t steps = farthest > kNarrowInt8 + 1 ? farthest : kNarrowInt8;
  const float bound = static_cast<float>(static_cast<double>(steps) * grid.step);
  return {-bound, bound};
}

ir::Range ActivationRange(Grid grid, bool narrow) {
  if (narrow) --grid.low;
  return grid.range();
}

void SetTrainedRange(ir::Value& value, absl::Span<const ir::Range> ranges, int axis) {
  value.quant = {};
  value.quant.axis = axis;
  for (const ir::Range& range : ranges) {
    value.quant.min.push_back(range.min);
    value.quant.max.push_back(range.max);
  }
}

}  // namespace zeropoint::passes
