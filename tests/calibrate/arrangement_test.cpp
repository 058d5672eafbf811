// Within a limit of memory: fewer threads, then packing on demand, then an error, and the same ranges in any case.
#include "calibrate/arrangement.h"

#include <catch2/catch.hpp>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "calibrate/calibrate.h"

using namespace zeropoint;
using calibrate::Arrange;
using calibrate::Arrangement;
using calibrate::Calibrate;
using calibrate::Demand;
using calibrate::PlannedBytes;
using engine::Packing;

namespace {

constexpr int64_t kUnits = 1024;
constexpr int kLayers = 4;
constexpr uint64_t kLayerBytes = kUnits * kUnits * sizeof(float), kWeightBytes = kLayers * kLayerBytes;

// 1000 bytes of weights: 100 in small nodes, of the others no one above 400.
constexpr engine::PackedWeights kWeights{.all = 1000, .always = 100, .largest = 400};

Arrangement Arranged(uint64_t thread, int threads, uint64_t limit) {
  absl::StatusOr<Arrangement> arrangement = Arrange({kWeights, thread}, threads, limit);
  REQUIRE(arrangement.ok());
  if (limit > 0) CHECK(PlannedBytes({kWeights, thread}, *arrangement) <= limit);
  return *arrangement;
}

// Dense layers of 4 MB each, for any number of rows.
ir::Model DenseChain() {
  ir::Graph graph;
  graph.name = "main";
  ir::Value x;
  x.name = "x";
  x.shape = ir::Shape{ir::kDynamic, kUnits};
  ir::ValueId last = graph.AddValue(x);
  graph.inputs = {last};
  for (int layer = 0; layer < kLayers; ++layer) {
    std::vector<float> elements(static_cast<size_t>(kUnits * kUnits));
    for (size_t i = 0; i < elements.size(); ++i) {
      elements[i] = (static_cast<float>((i * 31 + static_cast<size_t>(layer)) % 127) - 63.0f) / 1000.0f;
    }
    const std::string name = "layer" + std::to_string(layer);
    const auto weights = graph.AddConstant(name + "/w", ElementType::kFloat32, ir::Shape{kUnits, kUnits},
                                           Bytes::Of(absl::MakeConstSpan(elements)));
    ir::Value y;
    y.name = name;
    y.shape = ir::Shape{ir::kDynamic, kUnits};
    const ir::ValueId result = graph.AddValue(y);
    ir::NodeInfo info;
    info.op = "FULLY_CONNECTED";
    info.name = name;
    graph.AddNode(info, {last, weights, ir::kNoValue}, {result});
    last = result;
  }
  graph.outputs = {last};
  ir::Model model;
  model.graphs.push_back(std::move(graph));
  return model;
}

calibrate::NextSample Samples(std::vector<int64_t> rows) {
  auto at = std::make_shared<size_t>(0);
  return [rows = std::move(rows), at](calibrate::Sample& sample) -> absl::StatusOr<bool> {
    if (*at == rows.size()) return false;
    const int64_t count = rows[*at];
    std::vector<float> elements(static_cast<size_t>(count * kUnits));
    for (size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<float>((i * 7 + *at) % 19) - 9.0f;
    sample = {"", {{"x", ElementType::kFloat32, ir::Shape{count, kUnits}, Bytes::Of(absl::MakeConstSpan(elements))}}};
    ++*at;
    return true;
  };
}

struct Outcome {
  absl::StatusOr<ir::Statistics> statistics;
  std::string log;
};

Outcome Calibrated(const ir::Model& model, const std::vector<int64_t>& rows, uint64_t limit, int threads = 4) {
  std::string log;
  Context context;
  context.threads = threads;
  context.log = [&](Severity, absl::string_view text) { log += std::string(text) + "\n"; };
  calibrate::Options options;
  options.max_memory = limit;
  absl::StatusOr<ir::Statistics> statistics = Calibrate(model, Samples(rows), context, options);
  return {std::move(statistics), log};
}

bool Says(const Outcome& outcome, const std::string& text) { return outcome.log.find(text) != std::string::npos; }

bool SameRanges(const ir::Statistics& a, const ir::Statistics& b) {
  if (a.samples != b.samples || a.ranges.size() != b.ranges.size()) return false;
  for (const auto& [key, range] : a.ranges) {
    const auto other = b.ranges.find(key);
    if (other == b.ranges.end() || other->second.min != range.min || other->second.max != range.max) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("without a limit all threads work on weights that are packed once") {
  CHECK(Arranged(50, 8, 0) == Arrangement{8, Packing::kOnce});
  CHECK(PlannedBytes({kWeights, 50}, {8, Packing::kOnce}) == 1000 + 8 * 50);
}

TEST_CASE("what does not fit runs on fewer threads first, then with weights packed for each run") {
  CHECK(Arranged(50, 8, 1400) == Arrangement{8, Packing::kOnce});
  CHECK(Arranged(50, 8, 1399) == Arrangement{7, Packing::kOnce});
  CHECK(Arranged(50, 8, 1050) == Arrangement{1, Packing::kOnce});
  CHECK(Arranged(50, 8, 1049) == Arrangement{2, Packing::kOnDemand});
  CHECK(Arranged(50, 8, 550) == Arrangement{1, Packing::kOnDemand});
}

TEST_CASE("a limit that nothing fits into is an error that tells the least that would do") {
  const auto refused = Arrange({kWeights, 50}, 8, 549);
  REQUIRE(refused.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(refused.status().message().find("max_memory is 549 bytes, but calibration takes 550 at least") !=
        absl::string_view::npos);
}

TEST_CASE("calibration gives the same ranges within any limit, and says how") {
  const ir::Model model = DenseChain();
  const std::vector<int64_t> rows = {4, 4, 4, 4, 4, 4};
  const Outcome free = Calibrated(model, rows, 0);
  REQUIRE(free.statistics.ok());
  CHECK(Says(free, "packed weights 16.0 MB, 4 threads x"));
  SECTION("all fits") {
    const Outcome outcome = Calibrated(model, rows, 2 * kWeightBytes);
    REQUIRE(outcome.statistics.ok());
    CHECK(Says(outcome, "packed weights 16.0 MB, 4 threads x"));
    CHECK(SameRanges(*outcome.statistics, *free.statistics));
  }
  SECTION("fewer threads") {
    const Outcome outcome = Calibrated(model, rows, kWeightBytes + 192 * 1024);
    REQUIRE(outcome.statistics.ok());
    INFO(outcome.log);
    CHECK(std::regex_search(outcome.log, std::regex("packed weights 16.0 MB, [1-3] threads? x")));
    CHECK(SameRanges(*outcome.statistics, *free.statistics));
  }
  SECTION("packing on demand") {
    const Outcome outcome = Calibrated(model, rows, kWeightBytes / 2);
    REQUIRE(outcome.statistics.ok());
    CHECK(Says(outcome, "weights packed for each run, the largest 4.0 MB, 1 thread x"));
    CHECK(SameRanges(*outcome.statistics, *free.statistics));
  }
  SECTION("too little, and what the error says is enough") {
    const Outcome outcome = Calibrated(model, rows, kLayerBytes);
    REQUIRE(outcome.statistics.status().code() == absl::StatusCode::kResourceExhausted);
    const std::string message(outcome.statistics.status().message());
    std::smatch least;
    REQUIRE(std::regex_search(message, least, std::regex("takes ([0-9]+) at least")));
    // Scratch of kernels is known after the first sample only: it may be asked for then, once.
    uint64_t enough = std::stoull(least[1]);
    Outcome second = Calibrated(model, rows, enough);
    if (!second.statistics.ok()) {
      const std::string again(second.statistics.status().message());
      REQUIRE(std::regex_search(again, least, std::regex("takes ([0-9]+) at least")));
      enough = std::stoull(least[1]);
      second = Calibrated(model, rows, enough);
    }
    REQUIRE(second.statistics.ok());
    CHECK(enough < 2 * kLayerBytes);
    CHECK(SameRanges(*second.statistics, *free.statistics));
  }
}

TEST_CASE("a sample that is larger than those before it is fitted in again") {
  const ir::Model model = DenseChain();
  const std::vector<int64_t> rows = {1, 1, 1, 256, 1, 256, 512};
  const Outcome free = Calibrated(model, rows, 0);
  REQUIRE(free.statistics.ok());
  // 512 rows take 2 MB as a sample and 4 MB of activations.
  const Outcome fewer = Calibrated(model, rows, kWeightBytes + 10 * (1 << 20));
  REQUIRE(fewer.statistics.ok());
  CHECK(Says(fewer, "packed weights 16.0 MB, 1 thread x"));
  CHECK(SameRanges(*fewer.statistics, *free.statistics));
  const Outcome repacked = Calibrated(model, rows, kWeightBytes + (1 << 20));
  REQUIRE(repacked.statistics.ok());
  CHECK(Says(repacked, "weights packed for each run"));
  CHECK(SameRanges(*repacked.statistics, *free.statistics));
  const Outcome refused = Calibrated(model, rows, kLayerBytes + 3 * (1 << 20));
  REQUIRE(refused.statistics.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(Annotation(refused.statistics.status(), Place::kSample) == "3");
}
