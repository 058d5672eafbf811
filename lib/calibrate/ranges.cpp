#include "calibrate/ranges.h"

#include <algorithm>

namespace zeropoint::calibrate {

void RangeStore::Add(ir::ValueId id, float min, float max, float unmasked_min) {
  Entry& entry = ranges_[static_cast<size_t>(id)];
  entry.seen = true;
  entry.min = std::min(entry.min, min);
  entry.max = std::max(entry.max, max);
  if (unmasked_min >= ir::kMaskedBelow) entry.unmasked_min = std::min(entry.unmasked_min, unmasked_min);
}

void RangeStore::Merge(const RangeStore& other) {
  for (size_t i = 0; i < ranges_.size(); ++i) {
    const Entry& entry = other.ranges_[i];
    if (entry.seen) Add(static_cast<ir::ValueId>(i), entry.min, entry.max, entry.unmasked_min);
  }
}

void RangeStore::Export(int graph, ir::Statistics& statistics) const {
  for (size_t i = 0; i < ranges_.size(); ++i) {
    const Entry& entry = ranges_[i];
    if (!entry.seen) continue;
    // Adding zero makes -0 and +0, which compare equal and so depend on the order of samples, the same.
    ir::Range& range = statistics.ranges[{graph, static_cast<ir::ValueId>(i)}];
    range = {entry.min + 0.0f, entry.max + 0.0f};
    const bool unmasked = entry.unmasked_min < std::numeric_limits<float>::max();
    if (entry.min < ir::kMaskedBelow && unmasked) range.unmasked_min = entry.unmasked_min + 0.0f;
  }
}

}  // namespace zeropoint::calibrate
