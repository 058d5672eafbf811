#include "kernels/reduce.h"

#include <catch2/catch.hpp>

#include "tests/kernels/levels.h"

namespace zeropoint::kernels {
namespace {

TEST_CASE("Row reductions give the reference's bits on every level") {
  const KernelTable& reference = *FindKernels(Isa::kReference);
  const std::vector<float> x = RandomFloats(400, 1), start = RandomFloats(400, 2);
  for (const KernelTable* table : AvailableKernels()) {
    for (size_t op = 0; op < static_cast<size_t>(Reduction::kCount); ++op) {
      for (size_t n = 0; n < 100; ++n) {
        INFO(table->name << " op " << op << " length " << n);
        REQUIRE(SameBits(table->reduce_row[op](x.data() + 1, n), reference.reduce_row[op](x.data() + 1, n)));
        std::vector<float> a = start, b = start;
        table->accumulate_rows[op](x.data() + 1, 3, a.data() + 3, n);
        reference.accumulate_rows[op](x.data() + 1, 3, b.data() + 3, n);
        REQUIRE(SameBits(a, b));
        REQUIRE(SameBits(table->sum_squares(x.data() + 1, n), reference.sum_squares(x.data() + 1, n)));
      }
    }
  }
}

TEST_CASE("A row is summed in sixteen lanes that combine as a tree") {
  const std::vector<float> x = RandomFloats(53, 3);
  float lanes[16] = {};
  for (size_t i = 0; i < x.size(); ++i) lanes[i % 16] += x[i];
  for (size_t half = 8; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  CHECK(SameBits(ReduceRow(Reduction::kSum, x.data(), x.size()), lanes[0]));
}

TEST_CASE("Minimum and maximum are found at every length and place") {
  for (const KernelTable* table : AvailableKernels()) {
    for (size_t n = 1; n < 150; ++n) {
      INFO(table->name << " length " << n);
      std::vector<float> x = RandomFloats(n + 1, static_cast<unsigned>(n));
      x[1 + n / 2] = 9.0f;
      x[1 + n / 3] = n > 2 ? -9.0f : 9.0f;
      const MinMaxResult got = table->min_max(x.data() + 1, n);
      const MinMaxResult want = FindKernels(Isa::kReference)->min_max(x.data() + 1, n);
      REQUIRE(got.all_finite);
      REQUIRE(SameBits(got.min, want.min));
      REQUIRE(SameBits(got.max, want.max));
    }
    CHECK(table->min_max(nullptr, 0).all_finite);
    CHECK(table->min_max(nullptr, 0).max == 0.0f);
  }
}

TEST_CASE("Minimum and maximum tell of NaN and infinities wherever they are") {
  for (const KernelTable* table : AvailableKernels()) {
    for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                      -std::numeric_limits<float>::infinity()}) {
      for (size_t at = 0; at < 100; ++at) {
        std::vector<float> x = RandomFloats(100, 5);
        x[at] = bad;
        REQUIRE_FALSE(table->min_max(x.data(), x.size()).all_finite);
      }
    }
  }
}

TEST_CASE("The extreme of zeros is plus zero") {
  for (const KernelTable* table : AvailableKernels()) {
    const std::vector<float> x(37, -0.0f);
    const MinMaxResult got = table->min_max(x.data(), x.size());
    CHECK_FALSE(std::signbit(got.min));
    CHECK_FALSE(std::signbit(got.max));
  }
}

TEST_CASE("Softmax, its logarithm and the L2 normalization follow their definitions") {
  const size_t rows = 3, depth = 21;
  const std::vector<float> x = RandomFloats(rows * depth, 6, -5.0f, 5.0f);
  std::vector<float> soft(x.size()), logs(x.size()), unit(x.size());
  Softmax(x.data(), soft.data(), rows, depth, 0.5f);
  LogSoftmax(x.data(), logs.data(), rows, depth);
  L2Normalize(x.data(), unit.data(), rows, depth);
  for (size_t r = 0; r < rows; ++r) {
    double half_sum = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < depth; ++i) {
      const double v = static_cast<double>(x[r * depth + i]);
      half_sum += std::exp(v / 2), sum += std::exp(v), squares += v * v;
    }
    for (size_t i = 0; i < depth; ++i) {
      const size_t at = r * depth + i;
      const double v = static_cast<double>(x[at]);
      CHECK(soft[at] == Approx(std::exp(v / 2) / half_sum).epsilon(1e-6));
      CHECK(logs[at] == Approx(v - std::log(sum)).epsilon(1e-6).margin(1e-6));
      CHECK(unit[at] == Approx(v / std::sqrt(squares)).epsilon(1e-6));
    }
  }
}

}  // namespace
}  // namespace zeropoint::kernels
