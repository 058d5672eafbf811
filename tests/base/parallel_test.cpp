#include "base/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <vector>

using namespace zeropoint;

TEST_CASE("every index is visited once on any number of threads") {
  for (int threads : {1, 2, 8}) {
    std::vector<std::atomic<int>> visits(100);
    REQUIRE(ParallelFor(threads, visits.size(), [&](int worker, size_t index) {
              if (worker >= threads) return absl::InternalError("no such worker");
              ++visits[index];
              return absl::OkStatus();
            }).ok());
    for (const auto& count : visits) REQUIRE(count == 1);
  }
}

TEST_CASE("the error of the lowest index is reported on any number of threads") {
  for (int threads : {1, 2, 8}) {
    absl::Status status = ParallelFor(threads, 1000, [&](int, size_t index) {
      return index >= 17 ? absl::InvalidArgumentError(std::to_string(index)) : absl::OkStatus();
    });
    REQUIRE(status.message() == "17");
  }
}

TEST_CASE("an empty loop calls nothing") {
  REQUIRE(ParallelFor(4, 0, [](int, size_t) { return absl::InternalError("called"); }).ok());
}
