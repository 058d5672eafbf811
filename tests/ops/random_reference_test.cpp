// Random numbers against Philox as its authors define it, against their distributions, and by their seeds.
#include <algorithm>
#include <array>
#include <functional>

#include "one_node.h"
#include "run_references.h"

namespace zeropoint {
namespace {

using Words = std::array<uint32_t, 4>;
using Key = std::array<uint32_t, 2>;

constexpr double kPi = 3.14159265358979323846;

// Philox 4x32 with ten rounds, "Parallel random numbers: as easy as 1, 2, 3" (Salmon et al., 2011), section 3.3.
Words Philox4x32(Words counter, Key key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = uint64_t{0xD2511F53} * counter[0], second = uint64_t{0xCD9E8D57} * counter[2];
    const auto high = [](uint64_t x) { return static_cast<uint32_t>(x >> 32); };
    const auto low = [](uint64_t x) { return static_cast<uint32_t>(x); };
    counter = {high(second) ^ counter[1] ^ key[0], low(second), high(first) ^ counter[3] ^ key[1], low(first)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};  // the golden ratio, and the root of three less one
  }
  return counter;
}

// The stream of an op: the first seed is the key, the second the upper half of a counter that begins at 0 and counts
// up.
class Stream {
 public:
  Stream(int32_t seed, int32_t seed2) : seed_(seed), seed2_(seed2) {}

  uint32_t Word() {
    const uint64_t key = static_cast<uint64_t>(int64_t{seed_}), upper = static_cast<uint64_t>(int64_t{seed2_});
    const uint64_t block = next_ / 4;
    const Words words = Philox4x32({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32),
                                    static_cast<uint32_t>(upper), static_cast<uint32_t>(upper >> 32)},
                                   {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)});
    return words[next_++ % 4];
  }
  // The fraction of a float32 has 23 bits, that of a double 52.
  double Float() { return std::ldexp(static_cast<double>(Word() % (1u << 23)), -23); }
  double Double() {
    const double upper = static_cast<double>(Word() % (1u << 20));
    return std::ldexp(upper * 4294967296.0 + static_cast<double>(Word()), -52);
  }

 private:
  int64_t seed_, seed2_;
  uint64_t next_ = 0;
};

ir::Attributes Seeds(int64_t seed, int64_t seed2) { return AttrsOf({{"seed", seed}, {"seed2", seed2}}); }

std::vector<float> Draw(const char* op, int32_t count, int64_t seed, int64_t seed2) {
  OneNode node(op, Seeds(seed, seed2));
  node.Constant(ElementType::kInt32, Elements<int32_t>{{1}, {count}});
  node.Result(ElementType::kFloat32);
  node.MustRun({});
  std::vector<float> once = node.Output<float>().data;
  node.MustRun({});
  REQUIRE(node.Output<float>().data == once);  // every run of a model begins anew
  return once;
}

void CheckSeeds(const char* op) {
  const std::vector<float> drawn = Draw(op, 64, 3, 4);
  REQUIRE(Draw(op, 64, 3, 4) == drawn);
  const std::vector<float> part = Draw(op, 31, 3, 4);
  REQUIRE(std::vector<float>(drawn.begin(), drawn.begin() + 30) == std::vector<float>(part.begin(), part.begin() + 30));
  for (const auto& [seed, seed2] : {std::pair<int64_t, int64_t>{4, 3}, {3, 5}, {0, 4}, {3, 0}, {-3, 4}}) {
    REQUIRE(Draw(op, 64, seed, seed2) != drawn);
  }
}

// How far the numbers' distribution is from `cdf` at most: Kolmogorov and Smirnov's test at one in a thousand.
void CheckDistribution(std::vector<float> drawn, const std::function<double(double)>& cdf) {
  constexpr double kOneInAThousand = 1.949;
  std::sort(drawn.begin(), drawn.end());
  const double count = static_cast<double>(drawn.size());
  double farthest = 0;
  for (size_t i = 0; i < drawn.size(); ++i) {
    const double below = cdf(static_cast<double>(drawn[i]));
    farthest = std::max({farthest, below - static_cast<double>(i) / count, static_cast<double>(i + 1) / count - below});
  }
  REQUIRE(farthest * std::sqrt(count) < kOneInAThousand);
}

// The correlation of numbers `lag` apart is within five of its deviations of none.
void CheckIndependence(const std::vector<float>& drawn, double mean, double variance) {
  for (size_t lag : {1u, 2u, 3u, 4u}) {
    double product = 0;
    const size_t pairs = drawn.size() - lag;
    for (size_t i = 0; i < pairs; ++i) {
      product += (static_cast<double>(drawn[i]) - mean) * (static_cast<double>(drawn[i + lag]) - mean);
    }
    const double count = static_cast<double>(pairs);
    REQUIRE(std::fabs(product / count / variance) < 5 / std::sqrt(count));
  }
}

constexpr int32_t kMany = 40000;

void CheckUniform() {
  CheckSeeds("RANDOM_UNIFORM");
  const std::vector<float> drawn = Draw("RANDOM_UNIFORM", kMany, 12345, -678);
  Stream stream(12345, -678);
  for (float x : drawn) REQUIRE(static_cast<double>(x) == stream.Float());
  CheckDistribution(drawn, [](double x) { return x; });
  CheckIndependence(drawn, 0.5, 1.0 / 12);
}

// Box and Muller: a pair of uniform numbers is a distance, by its logarithm, and an angle.
void CheckNormal() {
  CheckSeeds("RANDOM_STANDARD_NORMAL");
  const std::vector<float> drawn = Draw("RANDOM_STANDARD_NORMAL", kMany, -9, 77);
  Stream stream(-9, 77);
  for (size_t i = 0; i < drawn.size(); i += 2) {
    const Real distance(std::max(stream.Float(), static_cast<double>(1e-7f)));  // where LiteRT cuts the logarithm off
    const Real angle = Rounded(2 * kPi * stream.Float(), 0), radius = Sqrt(Real(-2) * Log(distance));
    INFO("pair " << i);
    RequireClose(drawn[i], Function(angle, std::sin(angle.value), std::cos(angle.value)) * radius);
    RequireClose(drawn[i + 1], Function(angle, std::cos(angle.value), std::sin(angle.value)) * radius);
  }
  CheckDistribution(drawn, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); });
  CheckIndependence(drawn, 0, 1);
}

template <typename T>
Elements<T> DrawColumns(const Elements<float>& logits, ElementType type, int32_t count, int64_t seed) {
  OneNode node("MULTINOMIAL", Seeds(seed, 5));
  node.Input(ElementType::kFloat32, logits.dims);
  node.Constant(ElementType::kInt32, Elements<int32_t>{{}, {count}});
  node.Result(type);
  node.MustRun({logits.data.data()});
  return node.Output<T>();
}

// Column c is drawn where the stream's number, times the sum of all e^logit, falls among the sums up to c.
void CheckMultinomial() {
  constexpr size_t kRows = 3, kColumns = 4;
  constexpr double kAmbiguous = 1e-12;  // so close to a border that rounding decides
  const Elements<float> logits{{kRows, kColumns}, {0.5f, -1, 2, 0.25f, 0, 0, 0, 0, -200, 88.5f, 87, -INFINITY}};
  const Elements<int64_t> drawn = DrawColumns<int64_t>(logits, ElementType::kInt64, kMany, 31);
  REQUIRE(drawn.dims == std::vector<int64_t>{kRows, kMany});
  Stream stream(31, 5);
  for (size_t row = 0; row < kRows; ++row) {
    std::array<double, kColumns> share{};
    double sum = 0;
    for (size_t c = 0; c < kColumns; ++c) {
      share[c] = std::exp(static_cast<double>(logits.data[row * kColumns + c]) - 80);
      sum += share[c];
    }
    std::array<double, kColumns> seen{};
    for (size_t i = 0; i < kMany; ++i) {
      const double place = stream.Double();
      size_t column = 0;
      double lower = 0, upper = share[0] / sum;
      while (place >= upper && column + 1 < kColumns) {
        lower = upper;
        upper += share[++column] / sum;
      }
      REQUIRE((upper - place > kAmbiguous && (column == 0 || place - lower > kAmbiguous)));
      REQUIRE(drawn.data[row * kMany + i] == static_cast<int64_t>(column));
      ++seen[column];
    }
    // Pearson's chi square; 16.27 is exceeded once in a thousand times with three degrees of freedom.
    double chi = 0;
    for (size_t c = 0; c < kColumns; ++c) {
      const double expected = share[c] / sum * kMany;
      if (expected > 1) chi += (seen[c] - expected) * (seen[c] - expected) / expected;
    }
    REQUIRE(chi < 16.27);
  }
  const auto narrow = DrawColumns<int32_t>(logits, ElementType::kInt32, kMany, 31);
  REQUIRE(std::equal(narrow.data.begin(), narrow.data.end(), drawn.data.begin(), drawn.data.end()));
  REQUIRE(DrawColumns<int64_t>(logits, ElementType::kInt64, kMany, 32).data != drawn.data);
}

constexpr RunReference kReferences[] = {
    {"RANDOM_UNIFORM", CheckUniform}, {"RANDOM_STANDARD_NORMAL", CheckNormal}, {"MULTINOMIAL", CheckMultinomial}};

}  // namespace

absl::Span<const RunReference> RandomReferences() { return kReferences; }

// The known answers that the authors publish with their code, Random123.
TEST_CASE("the reference of Philox gives its authors' known answers") {
  REQUIRE(Philox4x32({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr uint32_t kOnes = 0xffffffff;
  REQUIRE(Philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
          Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  REQUIRE(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("random kernels draw Philox's numbers, in their distributions, by their seeds") {
  for (const RunReference& one : RandomReferences()) {
    INFO(one.op);
    one.check();
  }
}

}  // namespace zeropoint
