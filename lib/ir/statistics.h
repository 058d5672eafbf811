// What calibration saw: the range of every float activation.
#ifndef ZEROPOINT_IR_STATISTICS_H_
#define ZEROPOINT_IR_STATISTICS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "ir/graph.h"

namespace zeropoint::ir {

// Attention masks put numbers below this in the place of minus infinity, for SOFTMAX to make zeros of: -1e4 (BERT),
// -3e4 (float16), -1e9, the lowest float. Scores that were not masked are larger by orders of magnitude: half of the
// nearest.
inline constexpr float kMaskedBelow = -5000.0f;

struct Range {
  float min = 0.0f;
  float max = 0.0f;
  // The least of the elements that are not below kMaskedBelow, where others are.
  std::optional<float> unmasked_min = std::nullopt;
};

// Ranges by (graph index, value id) of the model that was calibrated; ids are only meaningful with that model.
struct Statistics {
  std::map<std::pair<int, ValueId>, Range> ranges;
  uint64_t samples = 0;

  const Range* Find(int graph, ValueId value) const {
    auto at = ranges.find({graph, value});
    return at == ranges.end() ? nullptr : &at->second;
  }
};

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_STATISTICS_H_
