// The range that quantization-aware training fixed for a tensor: kept in the quant.min and quant.max of a float value
// that has no scale, where the planner and the passes that move or scale constants find it.
#ifndef ZEROPOINT_PASSES_QUANTIZATION_AWARE_TRAINED_RANGE_H_
#define ZEROPOINT_PASSES_QUANTIZATION_AWARE_TRAINED_RANGE_H_

#include <optional>
#include <vector>

#include "base/status.h"
#include "ir/graph.h"
#include "ir/statistics.h"

namespace zeropoint::passes {

// The evenly spaced values that a FakeQuant node lets through: (q - zero_point) * step for low <= q <= high.
struct Grid {
  double step = 0.0;
  int64_t zero_point = 0, low = 0, high = 0;

  ir::Range range() const {
    return {static_cast<float>(static_cast<double>(low - zero_point) * step),
            static_cast<float>(static_cast<double>(high - zero_point) * step)};
  }
};

// The grid of a FAKE_QUANT with these attributes: the range moves a little, so that 0 is on the grid.
// kInvalidArgument for a range that is none.
absl::StatusOr<Grid> FakeQuantGrid(float min, float max, int64_t bits, bool narrow);

// The element rounded to the grid.
float Snap(const Grid& grid, float element);

// The range of a weight so that its integers are the grid's: from -127 to 127 steps where these hold the grid.
ir::Range WeightRange(const Grid& grid);
// The range of an activation: that of all 2^bits integers, of which a narrow grid leaves out one.
ir::Range ActivationRange(Grid grid, bool narrow);

inline bool HasTrainedRange(const ir::Value& value) { return !value.quant.quantized() && !value.quant.min.empty(); }
// One range for all elements (axis ignored), or one for each slice along `axis`.
void SetTrainedRange(ir::Value& value, absl::Span<const ir::Range> ranges, int axis);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_QUANTIZATION_AWARE_TRAINED_RANGE_H_
