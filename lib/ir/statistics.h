// What calibration saw: the range of every float activation.
#ifndef ZEROPOINT_IR_STATISTICS_H_
#define ZEROPOINT_IR_STATISTICS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "ir/graph.h"

namespace zeropoint::ir {

struct Range {
  float min = 0.0f;
  float max = 0.0f;
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
