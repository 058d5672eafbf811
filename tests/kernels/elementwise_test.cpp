#include "kernels/elementwise.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "tests/kernels/levels.h"

namespace zeropoint::kernels {
namespace {

constexpr float kGuard = 12345.0f;

// Runs at every misalignment and tail length; elements around the result must stay as they are.
template <typename Run>
std::vector<float> Guarded(size_t offset, size_t n, Run run) {
  std::vector<float> y(offset + n + 16, kGuard);
  run(y.data() + offset);
  for (size_t i = 0; i < y.size(); ++i) {
    if (i < offset || i >= offset + n) REQUIRE(y[i] == kGuard);
  }
  return std::vector<float>(y.begin() + static_cast<long>(offset), y.begin() + static_cast<long>(offset + n));
}

TEST_CASE("Elementwise functions of one operand give the reference's bits on every level") {
  const KernelTable& reference = *FindKernels(Isa::kReference);
  std::vector<float> x = RandomFloats(300, 1, -20.0f, 20.0f);
  const std::vector<float> bits = RandomBits(5000, 2);
  x.insert(x.end(), bits.begin(), bits.end());
  for (const KernelTable* table : AvailableKernels()) {
    for (size_t op = 0; op < static_cast<size_t>(Unary::kCount); ++op) {
      REQUIRE((table->unary[op] == nullptr) == (reference.unary[op] == nullptr));
      if (table->unary[op] == nullptr) continue;
      INFO(table->name << " op " << op);
      for (size_t offset : {0, 1, 3}) {
        for (size_t n : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 5200}) {
          const auto run = [&](const KernelTable& t) {
            return Guarded(offset, n, [&](float* y) { t.unary[op](x.data() + offset, y, n, 0.25f); });
          };
          REQUIRE(SameBits(run(*table), run(reference)));
        }
      }
    }
  }
}

TEST_CASE("Elementwise functions of two operands give the reference's bits on every level") {
  const KernelTable& reference = *FindKernels(Isa::kReference);
  const std::vector<float> a = RandomBits(600, 3), b = RandomBits(600, 4);
  const std::vector<float> c = RandomFloats(600, 5), d = RandomFloats(600, 6);
  for (const KernelTable* table : AvailableKernels()) {
    for (size_t op = 0; op < static_cast<size_t>(Binary::kCount); ++op) {
      REQUIRE((table->binary[op] == nullptr) == (reference.binary[op] == nullptr));
      if (table->binary[op] == nullptr) continue;
      INFO(table->name << " op " << op);
      for (size_t n : {0, 1, 3, 4, 7, 8, 15, 16, 17, 590}) {
        for (int walks = 0; walks < 4; ++walks) {
          for (Clamp clamp : {kAll, Clamp{0.0f, 6.0f}}) {
            for (bool plain : {false, true}) {
              const auto run = [&](const KernelTable& t) {
                return Guarded(1, n, [&](float* y) {
                  t.binary[op](plain ? c.data() + 1 : a.data() + 1, walks & 1, plain ? d.data() + 2 : b.data() + 2,
                               walks & 2, y, n, clamp);
                });
              };
              REQUIRE(SameBits(run(*table), run(reference)));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("The exponential of a shifted row gives the reference's bits on every level") {
  const std::vector<float> x = RandomFloats(100, 7, -30.0f, 3.0f);
  for (const KernelTable* table : AvailableKernels()) {
    for (size_t n = 0; n < 70; ++n) {
      const auto run = [&](const KernelTable& t) {
        return Guarded(1, n, [&](float* y) { t.exp_shifted(x.data() + 1, y, n, 3.0f, 0.7f); });
      };
      REQUIRE(SameBits(run(*table), run(*FindKernels(Isa::kReference))));
    }
  }
}

// Largest error in units of the last place of the exact result; results that are not normal floats are left out.
double WorstUlps(Unary op, float low, float high, const std::function<double(double)>& exact) {
  const std::vector<float> x = RandomFloats(200000, 8, low, high);
  std::vector<float> y(x.size());
  ApplyUnary(op, x.data(), y.data(), x.size(), 0.0f);
  double worst = 0.0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double want = exact(static_cast<double>(x[i]));
    if (std::fabs(want) < static_cast<double>(std::numeric_limits<float>::min())) continue;
    const double ulp = std::ldexp(1.0, std::ilogb(want) - 23);
    worst = std::max(worst, std::fabs(static_cast<double>(y[i]) - want) / ulp);
  }
  return worst;
}

TEST_CASE("Functions are accurate to a few units in the last place") {
  CHECK(WorstUlps(Unary::kExp, -87.0f, 88.7f, [](double x) { return std::exp(x); }) < 1.5);
  CHECK(WorstUlps(Unary::kExp, -1.0f, 1.0f, [](double x) { return std::exp(x); }) < 1.5);
  CHECK(WorstUlps(Unary::kLog, 1e-30f, 10.0f, [](double x) { return std::log(x); }) < 1.5);
  CHECK(WorstUlps(Unary::kLog, 0.9f, 1.1f, [](double x) { return std::log(x); }) < 1.5);
  CHECK(WorstUlps(Unary::kLogistic, -80.0f, 20.0f, [](double x) { return 1 / (1 + std::exp(-x)); }) < 2.5);
  CHECK(WorstUlps(Unary::kTanh, -10.0f, 10.0f, [](double x) { return std::tanh(x); }) < 2.0);
  CHECK(WorstUlps(Unary::kTanh, -0.8f, 0.8f, [](double x) { return std::tanh(x); }) < 2.0);
  CHECK(WorstUlps(Unary::kElu, -20.0f, 0.0f, [](double x) { return std::expm1(x); }) < 2.0);
  CHECK(WorstUlps(Unary::kElu, -0.5f, 0.0f, [](double x) { return std::expm1(x); }) < 2.0);
  const auto gelu = [](double x) { return 0.5 * x * std::erfc(-x * std::sqrt(0.5)); };
  CHECK(WorstUlps(Unary::kGelu, -12.0f, 6.0f, gelu) < 5.0);
  CHECK(WorstUlps(Unary::kGelu, -1.0f, 1.0f, gelu) < 5.0);
  CHECK(WorstUlps(Unary::kRsqrt, 1e-6f, 1e6f, [](double x) { return 1 / std::sqrt(x); }) < 1.5);
}

TEST_CASE("Powers and remainders that are no numbers stay so, as in LiteRT") {
  const float base[] = {-1.3f, -0.5f, 4.0f}, exponent[] = {0.5f, 3.0f, 0.5f};
  float y[3];
  ApplyBinary(Binary::kPow, base, true, exponent, true, y, 3, kAll);
  CHECK(std::isnan(y[0]));
  CHECK(y[1] == -0.125f);
  CHECK(y[2] == 2.0f);
  const float zero = 0.0f;
  ApplyBinary(Binary::kFloorMod, base, true, &zero, false, y, 3, kAll);
  CHECK(std::isnan(y[0]));
}

TEST_CASE("Functions keep the values at the ends of their domains") {
  const float infinity = std::numeric_limits<float>::infinity();
  const auto apply = [](Unary op, float x) {
    ApplyUnary(op, &x, &x, 1, 0.0f);
    return x;
  };
  CHECK(apply(Unary::kExp, -infinity) == 0.0f);
  CHECK(apply(Unary::kExp, infinity) == infinity);
  CHECK(apply(Unary::kExp, 0.0f) == 1.0f);
  CHECK(apply(Unary::kLog, 0.0f) == -infinity);
  CHECK(apply(Unary::kLog, infinity) == infinity);
  CHECK(apply(Unary::kLog, 1.0f) == 0.0f);
  CHECK(std::isnan(apply(Unary::kLog, -1.0f)));
  CHECK(apply(Unary::kTanh, infinity) == 1.0f);
  CHECK(apply(Unary::kTanh, -infinity) == -1.0f);
  CHECK(apply(Unary::kLogistic, -infinity) == 0.0f);
  CHECK(apply(Unary::kLogistic, infinity) == 1.0f);
  CHECK(apply(Unary::kElu, -infinity) == -1.0f);
  CHECK(apply(Unary::kGelu, 1e30f) == 1e30f);
  CHECK(apply(Unary::kGelu, -1e30f) == 0.0f);
  CHECK(apply(Unary::kRound, 2.5f) == 2.0f);
  CHECK(apply(Unary::kRound, -3.5f) == -4.0f);
  CHECK(apply(Unary::kFloor, -0.5f) == -1.0f);
  CHECK(apply(Unary::kCeil, 0.5f) == 1.0f);
  CHECK(std::signbit(apply(Unary::kCeil, -0.5f)));
  CHECK(std::isnan(apply(Unary::kExp, std::numeric_limits<float>::quiet_NaN())));
  CHECK(std::isnan(apply(Unary::kRelu, std::numeric_limits<float>::quiet_NaN())));
}

}  // namespace
}  // namespace zeropoint::kernels
