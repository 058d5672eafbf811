#include "calibrate/ranges.h"

#include <algorithm>

namespace zeropoint::calibrate {

void RangeStore::Add(ir::ValueId id, float min, float max) {
  Entry& entry = ranges_[static_cast<size_t>(id)];
  entry.seen = true;
  entry.min = std::min(entry.min, min);
  entry.max = std::max(entry.max, max);
}

void RangeStore::Merge(const RangeStore& other) {
  for (size_t i = 0; i < ranges_.size(); ++i) {
    if (other.ranges_[i].seen) Add(static_cast<ir::ValueId>(i), other.ranges_[i].min, other.ranges_[i].max);
  }
}

void RangeStore::Export(int graph, ir::Statistics& statistics) const {
  for (size_t i = 0; i < ranges_.size(); ++i) {
    const Entry& entry = ranges_[i];
    // Adding zero makes -0 and +0, which compare equal and so depend on the order of samples, the same.
    if (entry.seen) statistics.ranges[{graph, static_cast<ir::ValueId>(i)}] = {entry.min + 0.0f, entry.max + 0.0f};
  }
}

}  // namespace zeropoint::calibrate
