#include "engine/memory_plan.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "engine/buffer.h"

using namespace zeropoint::engine;

namespace {

size_t RoundUp(size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

// The most that is alive at one step: no plan can be smaller.
size_t LowerBound(const std::vector<Block>& blocks) {
  int last = 0;
  for (const Block& block : blocks) last = std::max(last, block.last);
  size_t most = 0;
  for (int step = 0; step <= last; ++step) {
    size_t sum = 0;
    for (const Block& block : blocks) sum += block.first <= step && step <= block.last ? RoundUp(block.size) : 0;
    most = std::max(most, sum);
  }
  return most;
}

// Each block in turn, largest first, lies at the lowest offset that no block placed before and alive with it takes.
void RequireLowest(const std::vector<Block>& blocks) {
  const MemoryPlan plan = PlanMemory(blocks);
  std::vector<size_t> order(blocks.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return blocks[a].size > blocks[b].size; });
  for (size_t now = 0; now < order.size(); ++now) {
    const Block& block = blocks[order[now]];
    auto free = [&](size_t offset) {
      return std::none_of(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(now), [&](size_t other) {
        const bool together = block.first <= blocks[other].last && blocks[other].first <= block.last;
        return together && offset < plan.offsets[other] + RoundUp(blocks[other].size) &&
               plan.offsets[other] < offset + RoundUp(block.size);
      });
    };
    REQUIRE(free(plan.offsets[order[now]]));
    for (size_t offset = 0; offset < plan.offsets[order[now]]; offset += kAlignment) REQUIRE_FALSE(free(offset));
  }
}

}  // namespace

TEST_CASE("blocks that are alive together never overlap") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Block> blocks(1 + random() % 60);
    for (Block& block : blocks) {
      block.size = random() % 5000;
      block.first = static_cast<int>(random() % 40);
      block.last = block.first + static_cast<int>(random() % 10);
    }
    const MemoryPlan plan = PlanMemory(blocks);
    REQUIRE(plan.size >= LowerBound(blocks));
    for (size_t a = 0; a < blocks.size(); ++a) {
      REQUIRE(plan.offsets[a] % kAlignment == 0);
      REQUIRE(plan.offsets[a] + blocks[a].size <= plan.size);
      for (size_t b = 0; b < a; ++b) {
        const bool together = blocks[a].first <= blocks[b].last && blocks[b].first <= blocks[a].last;
        const bool apart = plan.offsets[a] + blocks[a].size <= plan.offsets[b] ||
                           plan.offsets[b] + blocks[b].size <= plan.offsets[a] || blocks[a].size == 0 ||
                           blocks[b].size == 0;
        REQUIRE((!together || apart));
      }
    }
  }
}

TEST_CASE("a chain needs the memory of two neighbours, not of all its values") {
  std::vector<Block> chain;
  for (int i = 0; i < 20; ++i) chain.push_back({1024, i, i + 1});
  REQUIRE(PlanMemory(chain).size == 2048);
}

TEST_CASE("blocks of a long chain with a few that last are placed as one by one would be") {
  std::mt19937 random(11);
  std::vector<Block> blocks;
  for (int i = 0; i < 600; ++i) {
    const int length = random() % 20 == 0 ? static_cast<int>(random() % 600) : static_cast<int>(random() % 3);
    blocks.push_back({1 + random() % 5000, i, i + length});
  }
  RequireLowest(blocks);
}

TEST_CASE("blocks of which many are alive together are placed as one by one would be") {
  std::mt19937 random(12);
  for (int round = 0; round < 20; ++round) {
    const size_t largest = round % 2 == 0 ? 1 : 400;
    std::vector<Block> blocks;
    for (int i = 0; i < 320; ++i) {
      const int first = static_cast<int>(random() % 100);
      const int last = random() % 4 != 0 ? 100 : first + static_cast<int>(random() % 40);
      blocks.push_back({1 + random() % largest, first, last});
    }
    if (round >= 10) blocks.push_back({20000, 90, 101});  // what is made of them
    RequireLowest(blocks);
  }
}

TEST_CASE("a small block fills the gap below a large one") {
  const MemoryPlan plan = PlanMemory(std::vector<Block>{{4096, 0, 1}, {4096, 1, 2}, {64, 2, 3}});
  REQUIRE(plan.size == 8192);
}

TEST_CASE("no blocks need no memory") { REQUIRE(PlanMemory({}).size == 0); }
