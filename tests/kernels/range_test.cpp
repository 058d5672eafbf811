#include "kernels/range.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "tests/kernels/levels.h"

namespace zeropoint::kernels {
namespace {

TEST_CASE("The range of a tensor in parts is that of the whole") {
  const std::vector<float> x = RandomFloats(1000, 5);
  const MinMaxResult whole = MinMax(x.data(), x.size());
  for (size_t size : {1, 7, 64, 999, 1000}) {
    PartialRange parts;
    for (size_t first = 0; first < x.size(); first += size)
      parts.Add(x.data() + first, std::min(size, x.size() - first));
    CHECK(parts.elements() == x.size());
    CHECK(parts.range().min == whole.min);
    CHECK(parts.range().max == whole.max);
    CHECK(parts.range().all_finite);
  }
}

TEST_CASE("One part that is not finite spoils the range") {
  for (float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                    std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN()}) {
    for (size_t at : {size_t{0}, size_t{70}, size_t{199}}) {
      std::vector<float> x = RandomFloats(200, 6);
      x[at] = bad;
      PartialRange parts;
      parts.Add(x.data(), 100);
      parts.Add(x.data() + 100, 100);
      CHECK_FALSE(parts.range().all_finite);
      for (const KernelTable* table : AvailableKernels()) CHECK_FALSE(table->min_max(x.data(), x.size()).all_finite);
    }
  }
}

}  // namespace
}  // namespace zeropoint::kernels
