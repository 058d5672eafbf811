#include "kernels/convert.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <tuple>

#include "tests/kernels/levels.h"

namespace zeropoint::kernels {
namespace {

using Rule = QuantizeStep::Rule;

// Lengths around every block, and one that is streamed.
const std::vector<size_t> kLengths = [] {
  std::vector<size_t> lengths;
  for (size_t n = 0; n < 140; ++n) lengths.push_back(n);
  lengths.push_back((size_t{4} << 20) + 77);
  return lengths;
}();

// Values over twice the range, ties (multiples of half a step) and what lies next to them among them.
std::vector<float> Values(size_t n, float scale, unsigned seed) {
  std::vector<float> values = RandomFloats(n, seed, -300.0f * scale, 300.0f * scale);
  for (size_t i = 0; i < n; i += 3) {
    const float tie = (std::floor(values[i] / scale) + 0.5f) * scale;
    values[i] = i % 2 == 0 ? tie : std::nextafter(tie, i % 4 == 1 ? 1e9f : -1e9f);
  }
  return values;
}

template <typename T>
using QuantizeKernel = void (*KernelTable::*)(const float*, size_t, const QuantizeStep&, T*);
template <typename T>
using DequantizeKernel = void (*KernelTable::*)(const T*, size_t, const DequantizeStep&, float*);

template <typename T>
void CheckQuantize(QuantizeKernel<T> kernel, Rule rule, bool walks, int32_t zero_point) {
  const KernelTable& reference = *FindKernels(Isa::kReference);
  constexpr float kScale = 0.0123f;
  for (size_t n : kLengths) {
    const std::vector<float> x = Values(n + 1, kScale, static_cast<unsigned>(n));
    std::vector<float> factors = RandomFloats(n + 1, 7, 0.5f * kScale, 2.0f * kScale);
    if (rule == Rule::kMultiply) {
      for (float& factor : factors) factor = 1.0f / factor;
    }
    QuantizeStep step{rule,
                      factors.data(),
                      walks,
                      kScale,
                      zero_point,
                      std::numeric_limits<T>::lowest(),
                      std::numeric_limits<T>::max()};
    std::vector<T> want(n + 2, 1), got(n + 2, 1);
    (reference.*kernel)(x.data() + 1, n, step, want.data() + 1);
    for (const KernelTable* table : AvailableKernels()) {
      INFO(table->name << " length " << n << " rule " << static_cast<int>(rule) << " zero point " << zero_point);
      (table->*kernel)(x.data() + 1, n, step, got.data() + 1);
      REQUIRE(got == want);
    }
  }
}

TEST_CASE(
    "Quantizing gives the reference's integers on every level, by every rule, ties and clamped values among them") {
  for (Rule rule : {Rule::kMultiply, Rule::kDivide, Rule::kDivideExactly}) {
    for (bool walks : {false, true}) {
      if (walks && rule == Rule::kDivideExactly) continue;
      for (int32_t zero_point : {0, -128, 77}) {
        CheckQuantize<int8_t>(&KernelTable::quantize_int8, rule, walks, zero_point);
        CheckQuantize<uint8_t>(&KernelTable::quantize_uint8, rule, walks, zero_point + 128);
      }
      CheckQuantize<int16_t>(&KernelTable::quantize_int16, rule, walks, 0);
    }
  }
}

TEST_CASE("Quantizing by an exact divisor whose reciprocal is no float still divides") {
  const float x[4] = {0.0f, 1e-39f, -1e-39f, 1.0f};
  const QuantizeStep step{Rule::kDivideExactly, nullptr, false, 1e-39, 0, -127, 127};
  for (const KernelTable* table : AvailableKernels()) {
    int8_t got[4];
    table->quantize_int8(x, 4, step, got);
    CHECK(got[0] == 0);
    CHECK(got[1] == 1);
    CHECK(got[2] == -1);
    CHECK(got[3] == 127);
  }
}

// Every half step within the range and around it, and the floats next to it on both sides.
std::vector<float> AroundTies(float scale) {
  std::vector<float> values;
  for (int k = -520; k <= 520; ++k) {
    float x = (static_cast<float>(k) + 0.5f) * scale;
    for (int i = 0; i < 3; ++i) x = std::nextafter(x, -1e30f);
    for (int i = 0; i < 7; ++i, x = std::nextafter(x, 1e30f)) values.push_back(x);
  }
  return values;
}

TEST_CASE("Quantizing gives the reference's integers next to every tie, whatever the scale and the limits") {
  const KernelTable& reference = *FindKernels(Isa::kReference);
  std::vector<float> scales = RandomFloats(60, 11, 1e-4f, 1.0f);
  for (float scale : {1.0f, 0.5f, 1e-30f, 1e30f, 1.2e-38f, 3e38f, 1e-44f}) scales.push_back(scale);
  for (float scale : scales) {
    const std::vector<float> x = AroundTies(scale);
    for (Rule rule : {Rule::kMultiply, Rule::kDivide, Rule::kDivideExactly}) {
      for (const auto& [low, high, zero_point] : {std::tuple(-128, 127, 0), {-127, 127, 0}, {-128, 127, -117}}) {
        const std::vector<float> factors(x.size(), rule == Rule::kMultiply ? 1.0f / scale : scale);
        for (bool walks : {false, true}) {
          if (walks && rule == Rule::kDivideExactly) continue;
          const QuantizeStep step{rule, factors.data(), walks, static_cast<double>(scale) * 1.00000001, zero_point, low,
                                  high};
          std::vector<int8_t> want(x.size()), got(x.size());
          reference.quantize_int8(x.data(), x.size(), step, want.data());
          for (const KernelTable* table : AvailableKernels()) {
            INFO(table->name << " scale " << scale << " rule " << static_cast<int>(rule) << " walks " << walks);
            table->quantize_int8(x.data(), x.size(), step, got.data());
            REQUIRE(got == want);
          }
        }
      }
    }
  }
}

TEST_CASE("Quantizing makes NaN the lowest integer and clamps infinities on every level") {
  const float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {std::numeric_limits<float>::quiet_NaN(), kInfinity, -kInfinity, 1e30f, -1e30f};
  const float factor = 2.0f;
  for (const KernelTable* table : AvailableKernels()) {
    for (Rule rule : {Rule::kMultiply, Rule::kDivide, Rule::kDivideExactly}) {
      const QuantizeStep step{rule, &factor, false, 2.0, 3, -100, 101};
      std::vector<int8_t> got(x.size());
      table->quantize_int8(x.data(), x.size(), step, got.data());
      INFO(table->name << " rule " << static_cast<int>(rule));
      CHECK(got == std::vector<int8_t>{-100, 101, -100, 101, -100});
    }
  }
}

template <typename T>
void CheckDequantize(DequantizeKernel<T> kernel, int32_t zero_point) {
  const KernelTable& reference = *FindKernels(Isa::kReference);
  for (bool walks : {false, true}) {
    for (size_t n : kLengths) {
      std::vector<T> q(n + 1);
      std::mt19937 random(static_cast<unsigned>(n));
      for (T& v : q) v = static_cast<T>(random());
      const std::vector<float> scales = RandomFloats(n + 1, 5, 1e-3f, 2.0f);
      const DequantizeStep step{scales.data(), walks, zero_point};
      std::vector<float> want(n + 2, 1.0f), got(n + 2, 1.0f);
      (reference.*kernel)(q.data() + 1, n, step, want.data() + 1);
      for (const KernelTable* table : AvailableKernels()) {
        INFO(table->name << " length " << n);
        (table->*kernel)(q.data() + 1, n, step, got.data() + 1);
        REQUIRE(SameBits(got, want));
      }
    }
  }
}

TEST_CASE("Dequantizing gives the reference's reals on every level, one scale or one an element") {
  CheckDequantize<int8_t>(&KernelTable::dequantize_int8, -5);
  CheckDequantize<uint8_t>(&KernelTable::dequantize_uint8, 131);
  CheckDequantize<int16_t>(&KernelTable::dequantize_int16, 0);
}

TEST_CASE("Every half becomes the reference's float on every level") {
  std::vector<uint16_t> halves(65536);
  for (size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<uint16_t>(i);
  std::vector<float> want(halves.size()), got(halves.size());
  FindKernels(Isa::kReference)->from_half(halves.data(), halves.size(), want.data());
  for (const KernelTable* table : AvailableKernels()) {
    INFO(table->name);
    table->from_half(halves.data(), halves.size(), got.data());
    CHECK(SameBits(got, want));
  }
}

TEST_CASE("Floats become the reference's halves on every level, whatever their bits") {
  for (size_t n : kLengths) {
    std::vector<float> x = RandomBits(n + 1, static_cast<unsigned>(n));
    // Most random bits are far beyond halves: every other number lies among them, denormals and ties too.
    const std::vector<float> exponents = RandomFloats(n + 1, 11, -27.0f, 17.0f);
    for (size_t i = 0; i < n; i += 2) {
      const uint32_t few_bits = std::bit_cast<uint32_t>(x[i]) & (i % 4 == 0 ? 0x807ff000u : 0x807fffffu);
      x[i] = std::ldexp(std::bit_cast<float>(few_bits | 0x3f800000u), static_cast<int>(exponents[i]));
    }
    std::vector<uint16_t> want(n + 2, 1), got(n + 2, 1);
    FindKernels(Isa::kReference)->to_finite_half(x.data() + 1, n, want.data() + 1);
    for (const KernelTable* table : AvailableKernels()) {
      INFO(table->name << " length " << n);
      table->to_finite_half(x.data() + 1, n, got.data() + 1);
      REQUIRE(got == want);
    }
  }
}

}  // namespace
}  // namespace zeropoint::kernels
