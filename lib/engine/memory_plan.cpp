#include "engine/memory_plan.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "engine/buffer.h"

namespace zeropoint::engine {
namespace {

size_t RoundUp(size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

bool Meet(const Block& a, const Block& b) { return a.first <= b.last && b.first <= a.last; }

// Blocks by the steps at which they are needed: a segment tree. Those that meet a short block are found without a look
// at all the others, so that a long chain is planned in about linear time.
class Lifetimes {
 public:
  explicit Lifetimes(absl::Span<const Block> blocks) : blocks_(blocks) {
    int last = 0;
    for (const Block& block : blocks) {
      first_step_ = std::min(first_step_, block.first);
      last = std::max(last, block.last);
    }
    leaves_ = std::bit_ceil(static_cast<size_t>(last - first_step_ + 1));
    covering_.resize(2 * leaves_);
    starting_.resize(leaves_);
  }

  void Add(size_t block) {
    starting_[Leaf(blocks_[block].first)].push_back(block);
    // The fewest nodes whose steps together are the block's; the way from a leaf to the root meets at most one of them.
    size_t begin = Leaf(blocks_[block].first) + leaves_, end = Leaf(blocks_[block].last) + leaves_ + 1;
    for (; begin < end; begin /= 2, end /= 2) {
      if (begin % 2 == 1) covering_[begin++].push_back(block);
      if (end % 2 == 1) covering_[--end].push_back(block);
    }
  }

  // Those added that are needed at a step at which `block` is: at its first one, or they begin at a later one.
  void Collect(const Block& block, std::vector<size_t>& met) const {
    met.clear();
    for (size_t node = Leaf(block.first) + leaves_; node > 0; node /= 2) Append(covering_[node], met);
    for (size_t step = Leaf(block.first) + 1; step <= Leaf(block.last); ++step) Append(starting_[step], met);
  }

 private:
  size_t Leaf(int step) const { return static_cast<size_t>(step - first_step_); }
  static void Append(const std::vector<size_t>& from, std::vector<size_t>& to) {
    to.insert(to.end(), from.begin(), from.end());
  }

  absl::Span<const Block> blocks_;
  int first_step_ = 0;
  size_t leaves_ = 1;
  std::vector<std::vector<size_t>> covering_, starting_;
};

// The lowest offset where `block` fits among `placed`, sorted by offset; those that it does not meet are no hindrance.
size_t LowestOffset(const Block& block, absl::Span<const Block> blocks, absl::Span<const size_t> placed,
                    absl::Span<const size_t> offsets) {
  const size_t size = RoundUp(block.size);
  size_t offset = 0;
  for (size_t other : placed) {
    if (!Meet(block, blocks[other])) continue;
    if (offset + size <= offsets[other]) break;
    offset = std::max(offset, offsets[other] + RoundUp(blocks[other].size));
  }
  return offset;
}

}  // namespace

MemoryPlan PlanMemory(absl::Span<const Block> blocks) {
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return blocks[a].size > blocks[b].size; });
  MemoryPlan plan;
  plan.offsets.resize(blocks.size());
  auto lower = [&](size_t a, size_t b) { return plan.offsets[a] < plan.offsets[b]; };
  Lifetimes lifetimes(blocks);
  std::vector<size_t> placed, met;  // `placed` is sorted by offset
  for (size_t now : order) {
    lifetimes.Collect(blocks[now], met);
    // Where most blocks meet this one, walking through all costs less than sorting those.
    const bool few = met.size() * static_cast<size_t>(std::bit_width(met.size())) < placed.size();
    if (few) std::sort(met.begin(), met.end(), lower);
    plan.offsets[now] = LowestOffset(blocks[now], blocks, few ? met : placed, plan.offsets);
    plan.size = std::max(plan.size, plan.offsets[now] + RoundUp(blocks[now].size));
    placed.insert(std::upper_bound(placed.begin(), placed.end(), now, lower), now);
    lifetimes.Add(now);
  }
  return plan;
}

}  // namespace zeropoint::engine
