// Every instruction set's loops over integers against the plain ones, bit for bit.
#include "kernels/integer.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "numeric/fixed_point.h"

namespace zeropoint::kernels {
namespace {

std::vector<int16_t> RandomIntegers(size_t n, int low, int high, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> uniform(low, high);
  std::vector<int16_t> values(n);
  for (int16_t& v : values) v = static_cast<int16_t>(uniform(random));
  return values;
}

constexpr int64_t kDepths[] = {1, 7, 27, 64, 255, 256, 257, 1000};
constexpr int64_t kCounts[] = {1, 2, 5, 16, 33};

TEST_CASE("sums of products of integers have the same bits on every instruction set") {
  const IntegerKernels& plain = *AvailableIntegerKernels()[0];
  for (const IntegerKernels* kernels : AvailableIntegerKernels()) {
    for (int64_t depth : kDepths) {
      for (int64_t count : kCounts) {
        INFO(kernels->name << " depth " << depth << " count " << count);
        const int64_t n = 1 + (depth + count) % 6;
        const auto results = static_cast<size_t>(n * count);
        const auto columns = RandomIntegers(static_cast<size_t>(count * depth), -128, 127, 1);
        const auto rows = RandomIntegers(static_cast<size_t>(n * depth), -255, 255, 2);
        const auto wide = RandomIntegers(static_cast<size_t>(n * depth), -32768, 32767, 3);
        const auto wide_columns = RandomIntegers(static_cast<size_t>(count * depth), -32767, 32767, 4);
        std::vector<int32_t> want32(results), got32(results);
        std::vector<int64_t> want64(results), got64(results);
        plain.products32(rows.data(), n, columns.data(), count, depth, want32.data());
        kernels->products32(rows.data(), n, columns.data(), count, depth, got32.data());
        CHECK(got32 == want32);
        plain.products64(wide.data(), n, columns.data(), count, depth, want64.data());
        kernels->products64(wide.data(), n, columns.data(), count, depth, got64.data());
        CHECK(got64 == want64);
        plain.wide_products(wide.data(), n, wide_columns.data(), count, depth, want64.data());
        kernels->wide_products(wide.data(), n, wide_columns.data(), count, depth, got64.data());
        CHECK(got64 == want64);
      }
    }
  }
}

TEST_CASE("the largest products do not overflow on the way") {
  constexpr int64_t kDepth = 4096;
  const std::vector<int16_t> lowest(kDepth, -32768), weights(kDepth, -128);
  for (const IntegerKernels* kernels : AvailableIntegerKernels()) {
    INFO(kernels->name);
    int64_t sum = 0;
    kernels->products64(lowest.data(), 1, weights.data(), 1, kDepth, &sum);
    CHECK(sum == kDepth * 32768 * 128);
  }
}

TEST_CASE("depthwise sums have the same bits on every instruction set, with and without padding") {
  const IntegerKernels& plain = *AvailableIntegerKernels()[0];
  for (const IntegerKernels* kernels : AvailableIntegerKernels()) {
    for (int64_t channels : kCounts) {
      for (int64_t multiplier : {1, 3}) {
        INFO(kernels->name << " channels " << channels << " multiplier " << multiplier);
        constexpr int64_t kTaps = 9;
        const auto image = RandomIntegers(static_cast<size_t>(kTaps * channels), -255, 255, 5);
        const auto weights = RandomIntegers(static_cast<size_t>(kTaps * channels * multiplier), -127, 127, 6);
        std::vector<const int16_t*> taps;
        for (int64_t t = 0; t < kTaps; ++t) taps.push_back(t % 4 == 3 ? nullptr : image.data() + t * channels);
        const auto results = static_cast<size_t>(channels * multiplier);
        std::vector<int32_t> want32(results), got32(results);
        std::vector<int64_t> want64(results), got64(results);
        plain.depthwise32(taps.data(), kTaps, weights.data(), channels, multiplier, want32.data());
        kernels->depthwise32(taps.data(), kTaps, weights.data(), channels, multiplier, got32.data());
        CHECK(got32 == want32);
        plain.depthwise64(taps.data(), kTaps, weights.data(), channels, multiplier, want64.data());
        kernels->depthwise64(taps.data(), kTaps, weights.data(), channels, multiplier, got64.data());
        CHECK(got64 == want64);
      }
    }
  }
}

TEST_CASE("sums become integers of 8 bits with the same bits on every instruction set") {
  constexpr size_t kChannels = 1003;
  std::mt19937 random(7);
  std::vector<int32_t> sums(kChannels), bias(kChannels), values, left, right;
  for (size_t c = 0; c < kChannels; ++c) {
    sums[c] = static_cast<int32_t>(random()) >> (random() % 24);
    bias[c] = static_cast<int32_t>(random()) >> 12;
    const double real =
        std::ldexp(1.0 + static_cast<double>(random() % 1000) / 1000.0, static_cast<int>(random() % 34) - 31);
    const numeric::Multiplier factor = numeric::ToMultiplier(c % 50 == 0 ? 0.0 : real);
    values.push_back(factor.value);
    left.push_back(std::max(factor.shift, 0));
    right.push_back(std::max(-factor.shift, 0));
  }
  for (const int32_t* added : {static_cast<const int32_t*>(nullptr), static_cast<const int32_t*>(bias.data())}) {
    const RescaleFactors factors{values.data(), left.data(), right.data(), added, -11, -100, 120};
    const RescaleFactors unsigned_factors{values.data(), left.data(), right.data(), added, 99, 3, 250};
    std::vector<int8_t> want(kChannels), got(kChannels);
    std::vector<uint8_t> unsigned_want(kChannels), unsigned_got(kChannels);
    AvailableIntegerKernels()[0]->rescale_int8(sums.data(), kChannels, factors, want.data());
    AvailableIntegerKernels()[0]->rescale_uint8(sums.data(), kChannels, unsigned_factors, unsigned_want.data());
    for (const IntegerKernels* kernels : AvailableIntegerKernels()) {
      INFO(kernels->name);
      kernels->rescale_int8(sums.data(), kChannels, factors, got.data());
      kernels->rescale_uint8(sums.data(), kChannels, unsigned_factors, unsigned_got.data());
      CHECK(got == want);
      CHECK(unsigned_got == unsigned_want);
    }
  }
}

}  // namespace
}  // namespace zeropoint::kernels
