// Minimum and maximum of every value that calibration saw.
#ifndef ZEROPOINT_CALIBRATE_RANGES_H_
#define ZEROPOINT_CALIBRATE_RANGES_H_

#include <limits>
#include <vector>

#include "ir/graph.h"
#include "ir/statistics.h"

namespace zeropoint::calibrate {

// The ranges of one graph, by value. Adding and merging give the same result in any order.
class RangeStore {
 public:
  explicit RangeStore(int num_values) : ranges_(static_cast<size_t>(num_values)) {}

  // `unmasked_min`: the least element that is not below ir::kMaskedBelow.
  void Add(ir::ValueId id, float min, float max, float unmasked_min);
  void Add(ir::ValueId id, float min, float max) { Add(id, min, max, min); }
  void Merge(const RangeStore& other);
  // Puts the ranges of values that were seen under (graph, id).
  void Export(int graph, ir::Statistics& statistics) const;

 private:
  struct Entry {
    bool seen = false;
    float min = std::numeric_limits<float>::max();
    // Not the lowest float: TensorFlow's calibrator starts from the smallest normal number above zero, so a value that
    // is never positive has that for its maximum.
    float max = std::numeric_limits<float>::min();
    float unmasked_min = std::numeric_limits<float>::max();  // while there is none
  };
  std::vector<Entry> ranges_;
};

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_RANGES_H_
