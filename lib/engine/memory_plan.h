// Offsets in one arena for values that live at different times.
#ifndef ZEROPOINT_ENGINE_MEMORY_PLAN_H_
#define ZEROPOINT_ENGINE_MEMORY_PLAN_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace zeropoint::engine {

// A block of memory that is needed from step `first` to step `last`, both included.
struct Block {
  size_t size = 0;
  int first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<size_t> offsets;  // by block, multiples of the alignment of buffer.h
  size_t size = 0;              // of the arena
};

// Blocks that are needed at the same step do not overlap. Large blocks are placed first, each at the lowest offset
// where it fits, which keeps the arena near the largest sum of blocks alive at once. Deterministic.
MemoryPlan PlanMemory(absl::Span<const Block> blocks);

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_MEMORY_PLAN_H_
