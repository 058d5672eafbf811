// How calibration stays within a limit of memory.
#ifndef ZEROPOINT_CALIBRATE_ARRANGEMENT_H_
#define ZEROPOINT_CALIBRATE_ARRANGEMENT_H_

#include <cstdint>

#include "base/status.h"
#include "engine/engine.h"

namespace zeropoint::calibrate {

// What calibration takes, in bytes.
struct Demand {
  engine::PackedWeights weights;
  uint64_t thread = 0;  // of each thread: its arena, and the samples that it has and that wait for it
};

struct Arrangement {
  int threads = 1;
  engine::Packing packing = engine::Packing::kOnce;

  bool operator==(const Arrangement& other) const { return threads == other.threads && packing == other.packing; }
};

// The peak of that arrangement: packed weights, and what its threads have.
uint64_t PlannedBytes(const Demand& demand, const Arrangement& arrangement);

// The fastest arrangement within `limit` (0: none): at most `threads`, fewer where they do not fit, and weights that
// are packed for each run where even one thread does not. kResourceExhausted telling the least limit that would do.
absl::StatusOr<Arrangement> Arrange(const Demand& demand, int threads, uint64_t limit);

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_ARRANGEMENT_H_
