#include "engine/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "engine/buffer.h"

namespace zeropoint::engine {
namespace {

size_t RoundUp(size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

bool Meet(const Block& a, const Block& b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

MemoryPlan PlanMemory(absl::Span<const Block> blocks) {
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return blocks[a].size > blocks[b].size; });
  MemoryPlan plan;
  plan.offsets.resize(blocks.size());
  std::vector<size_t> placed;  // sorted by offset
  for (size_t now : order) {
    const size_t size = RoundUp(blocks[now].size);
    size_t offset = 0;
    for (size_t other : placed) {
      if (!Meet(blocks[now], blocks[other])) continue;
      if (offset + size <= plan.offsets[other]) break;
      offset = std::max(offset, plan.offsets[other] + RoundUp(blocks[other].size));
    }
    plan.offsets[now] = offset;
    plan.size = std::max(plan.size, offset + size);
    const auto at = std::upper_bound(placed.begin(), placed.end(), offset,
                                     [&](size_t value, size_t other) { return value < plan.offsets[other]; });
    placed.insert(at, now);
  }
  return plan;
}

}  // namespace zeropoint::engine
