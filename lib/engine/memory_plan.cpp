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

// For each step an offset below which all memory is taken then, not always the highest: a segment tree. Where many
// blocks live at the same time, a new one needs no look at what lies below.
class Floors {
 public:
  explicit Floors(absl::Span<const Block> blocks) {
    for (const Block& block : blocks) {
      first_step_ = std::min(first_step_, block.first);
      last_step_ = std::max(last_step_, block.last);
    }
    nodes_.resize(2 * std::bit_ceil(static_cast<size_t>(last_step_ - first_step_ + 1)));
  }

  // The highest floor of the block's steps: it cannot lie lower.
  size_t Of(const Block& block) { return Highest(kRoot, Whole(), {block.first, block.last}); }
  void Place(const Block& block, size_t offset) {
    Raise(kRoot, Whole(), {block.first, block.last}, offset, offset + RoundUp(block.size));
  }

 private:
  struct Steps {
    int first, last;  // both included
    bool Holds(Steps other) const { return first <= other.first && other.last <= last; }
    bool Meets(Steps other) const { return first <= other.last && other.first <= last; }
    Steps Half(int i) const {
      const int middle = first + (last - first) / 2;
      return i == 0 ? Steps{first, middle} : Steps{middle + 1, last};
    }
  };
  struct Node {
    size_t lowest = 0, highest = 0;
  };
  static constexpr size_t kRoot = 1;

  Steps Whole() const { return {first_step_, first_step_ + static_cast<int>(nodes_.size() / 2) - 1}; }
  // A node whose floors are all the same may have been set without its halves.
  void PushDown(size_t node) {
    if (nodes_[node].lowest == nodes_[node].highest) nodes_[2 * node] = nodes_[2 * node + 1] = nodes_[node];
  }

  size_t Highest(size_t node, Steps steps, Steps wanted) {
    if (!wanted.Meets(steps)) return 0;
    if (wanted.Holds(steps) || nodes_[node].lowest == nodes_[node].highest) return nodes_[node].highest;
    return std::max(Highest(2 * node, steps.Half(0), wanted), Highest(2 * node + 1, steps.Half(1), wanted));
  }

  // Floors that reach `offset` rise to `end`.
  void Raise(size_t node, Steps steps, Steps wanted, size_t offset, size_t end) {
    Node& now = nodes_[node];
    if (!wanted.Meets(steps) || now.highest < offset || now.lowest >= end) return;
    const bool same = now.lowest == now.highest;
    if (wanted.Holds(steps) && (same || (now.lowest >= offset && now.highest <= end))) {
      now = {end, end};
      return;
    }
    PushDown(node);
    for (int i = 0; i < 2; ++i) Raise(2 * node + static_cast<size_t>(i), steps.Half(i), wanted, offset, end);
    now = {std::min(nodes_[2 * node].lowest, nodes_[2 * node + 1].lowest),
           std::max(nodes_[2 * node].highest, nodes_[2 * node + 1].highest)};
  }

  int first_step_ = 0, last_step_ = 0;
  std::vector<Node> nodes_;  // node i has the halves 2 i and 2 i + 1
};

// The lowest offset from `floor` on where `block` fits among `placed`, sorted by offset; those that it does not meet
// are no hindrance.
size_t LowestOffset(const Block& block, size_t floor, absl::Span<const Block> blocks, absl::Span<const size_t> placed,
                    absl::Span<const size_t> offsets) {
  const size_t size = RoundUp(block.size);
  size_t offset = floor;
  for (size_t other : placed) {
    if (!Meet(block, blocks[other])) continue;
    if (offset + size <= offsets[other]) break;
    offset = std::max(offset, offsets[other] + RoundUp(blocks[other].size));
  }
  return offset;
}

}  // namespace

MemoryPlan PlanMemory(absl::Span<const Block> blocks) {
  constexpr size_t kFew = 256;  // blocks that are looked at sooner than those that meet are collected
  constexpr size_t kSmall = 64 * kAlignment;
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return blocks[a].size > blocks[b].size; });
  MemoryPlan plan;
  plan.offsets.resize(blocks.size());
  auto lower = [&](size_t a, size_t b) { return plan.offsets[a] < plan.offsets[b]; };
  Lifetimes lifetimes(blocks);
  Floors floors(blocks);
  const size_t largest = blocks.empty() ? 0 : RoundUp(blocks[order[0]].size);
  std::vector<size_t> placed, met, large;  // `placed` is sorted by offset
  // What ends above the floor begins no lower than so much below it.
  auto reach = [&](size_t floor) {
    const bool all_small = large.size() <= kFew && std::none_of(large.begin(), large.end(), [&](size_t a) {
      return plan.offsets[a] < floor && plan.offsets[a] + RoundUp(blocks[a].size) > floor;
    });
    return std::min(floor, all_small ? kSmall : largest);
  };
  for (size_t now : order) {
    const Block& block = blocks[now];
    if (block.size == 0) break;  // and so are those that follow: any place is good
    const size_t floor = floors.Of(block);
    const size_t begin = floor - reach(floor);
    const auto first = std::lower_bound(placed.begin(), placed.end(), begin,
                                        [&](size_t a, size_t offset) { return plan.offsets[a] < offset; });
    absl::Span<const size_t> above = absl::MakeConstSpan(placed).subspan(static_cast<size_t>(first - placed.begin()));
    if (above.size() > kFew) {
      lifetimes.Collect(block, met);
      // Where most blocks meet this one, walking through all costs less than sorting those.
      if (met.size() * static_cast<size_t>(std::bit_width(met.size())) < above.size()) {
        std::sort(met.begin(), met.end(), lower);
        above = met;
      }
    }
    plan.offsets[now] = LowestOffset(block, floor, blocks, above, plan.offsets);
    plan.size = std::max(plan.size, plan.offsets[now] + RoundUp(block.size));
    placed.insert(std::upper_bound(placed.begin(), placed.end(), now, lower), now);
    lifetimes.Add(now);
    floors.Place(block, plan.offsets[now]);
    if (RoundUp(block.size) > kSmall) large.push_back(now);
  }
  return plan;
}

}  // namespace zeropoint::engine
