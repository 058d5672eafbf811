#include "evaluate/causes.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace zeropoint;
using namespace zeropoint::evaluate;
using Catch::Contains;

namespace {

// A tensor that uses its int8 range well: eight channels that reach 1.
struct Healthy {
  std::vector<ir::Range> channels = std::vector<ir::Range>(8, {-1.0f, 1.0f});
  std::vector<uint64_t> histogram = std::vector<uint64_t>(64, 100);
  ActivationFacts facts;
  Healthy() {
    facts.real = facts.held = {-1.0f, 1.0f};
    facts.step = 2.0f / 255.0f;
    facts.negative = 0.5;
    facts.codes_used = facts.codes = 256;
    Attach();
  }
  void Attach() {
    facts.channels = channels;
    facts.histogram = histogram;
  }
  void Reach(float max) {
    facts.real.max = facts.held.max = max;
    facts.step = (max + 1.0f) / 255.0f;
  }
};

}  // namespace

TEST_CASE("A tensor that uses its range well has nothing wrong with it") {
  const Healthy tensor;
  CHECK_FALSE(FindOutlierChannel(tensor.facts).has_value());
  CHECK_FALSE(FindDeadChannel(tensor.facts).has_value());
  CHECK_FALSE(FindSwishTail(tensor.facts).has_value());
  CHECK_FALSE(FindRangeCollapse(tensor.facts).has_value());
  CHECK_FALSE(FindSaturatedInput(tensor.facts).has_value());
  CHECK_FALSE(FindMixedRange({}, 0.1f).has_value());
  CHECK_FALSE(FindTooFewSamples(2, {}).has_value());
}

TEST_CASE("A channel that reaches a hundred times farther than the others is an outlier, a dozen of them are not") {
  Healthy tensor;
  tensor.channels[3] = {-1.0f, 100.0f};
  tensor.Reach(100.0f);
  const auto found = FindOutlierChannel(tensor.facts);
  REQUIRE(found.has_value());
  CHECK(found->channels == std::vector<int64_t>{3});
  CHECK_THAT(found->text, Contains("channel 3 of 8") && Contains("100"));
  tensor.channels[4] = {-1.0f, 90.0f};
  CHECK_FALSE(FindOutlierChannel(tensor.facts).has_value());
}

TEST_CASE("A constant channel that sets the range is dead, and the range of the others is what helps") {
  Healthy tensor;
  tensor.channels[5] = {50.0f, 50.0f};
  tensor.Reach(50.0f);
  const auto found = FindDeadChannel(tensor.facts);
  REQUIRE(found.has_value());
  CHECK(found->channels == std::vector<int64_t>{5});
  CHECK(found->range->min == -1.0f);
  CHECK(found->range->max == 1.0f);
  CHECK_FALSE(FindOutlierChannel(tensor.facts).has_value());
  tensor.channels[5] = {0.0f, 0.0f};
  CHECK_FALSE(FindDeadChannel(tensor.facts).has_value());
}

TEST_CASE("Small negative values beside far positive ones are a tail") {
  Healthy tensor;
  tensor.facts.real.min = -0.278f;
  tensor.Reach(40.0f);
  CHECK_THAT(FindSwishTail(tensor.facts)->text, Contains("50 %"));
  tensor.facts.negative = 0.1;
  CHECK_FALSE(FindSwishTail(tensor.facts).has_value());
  tensor.facts.negative = 0.5;
  tensor.Reach(2.0f);
  CHECK_FALSE(FindSwishTail(tensor.facts).has_value());
}

TEST_CASE("A range collapses when another tensor sets it, or a few strays do") {
  Healthy forced;
  forced.facts.held = {-100.0f, 100.0f};
  forced.facts.codes_used = 3;
  CHECK_THAT(FindRangeCollapse(forced.facts)->text, Contains("3 of 256"));
  Healthy strays;
  strays.histogram.assign(64, 0);
  strays.histogram[0] = 100000;
  strays.histogram[63] = 2;
  strays.facts.real = {0.0f, 640.0f};
  strays.facts.held = strays.facts.real;
  strays.Attach();
  const auto found = FindRangeCollapse(strays.facts);
  REQUIRE(found.has_value());
  CHECK(found->range->max == Approx(10.0f));
  strays.histogram[63] = 2000;
  strays.Attach();
  CHECK_FALSE(FindRangeCollapse(strays.facts).has_value());
}

TEST_CASE("An input saturates when one value in a hundred is beyond its range") {
  Healthy tensor;
  tensor.facts.clipped = 0.02;
  CHECK(FindSaturatedInput(tensor.facts).has_value());
  tensor.facts.clipped = 0.005;
  CHECK_FALSE(FindSaturatedInput(tensor.facts).has_value());
}

TEST_CASE("Operands of one scale are mixed when one reaches sixteen times farther") {
  const std::vector<Operand> mixed = {{"narrow", {0.0f, 0.01f}}, {"wide", {0.0f, 100.0f}}};
  CHECK_THAT(FindMixedRange(mixed, 100.0f / 255.0f)->text, Contains("'wide'") && Contains("'narrow'"));
  const std::vector<Operand> alike = {{"a", {-1.0f, 1.0f}}, {"b", {0.0f, 8.0f}}, {"zero", {0.0f, 0.0f}}};
  CHECK_FALSE(FindMixedRange(alike, 0.1f).has_value());
}

TEST_CASE("Samples in another unit are told with the map that brings them back") {
  const auto found = FindUnnormalizedSamples({0.0f, 255.0f}, {0.0f, 1.0f});
  REQUIRE(found.has_value());
  CHECK(found->scale == Approx(1.0 / 255.0));
  CHECK(found->offset == 0.0);
  const auto signed_unit = FindUnnormalizedSamples({0.0f, 255.0f}, {-1.0f, 1.0f});
  REQUIRE(signed_unit.has_value());
  CHECK(signed_unit->scale == Approx(1.0 / 127.5));
  CHECK(signed_unit->offset == Approx(-1.0));
  CHECK_FALSE(FindUnnormalizedSamples({0.0f, 0.9f}, {0.0f, 1.0f}).has_value());
  // Quiet samples, not another unit.
  CHECK_FALSE(FindUnnormalizedSamples({-10.0f, 10.0f}, {-70.0f, 60.0f}).has_value());
}

TEST_CASE("Few samples are too few when others leave their ranges") {
  const ClippedTensor in{"a", 0.0, {0.0f, 1.0f}, {0.0f, 1.0f}}, out{"b", 0.05, {0.0f, 1.0f}, {0.0f, 3.0f}};
  CHECK_THAT(FindTooFewSamples(2, {in, out})->text, Contains("2 samples") && Contains("'b'") && Contains("5.0 %"));
  CHECK_FALSE(FindTooFewSamples(100, {in, out}).has_value());
  CHECK_FALSE(FindTooFewSamples(2, {in, in}).has_value());
}
