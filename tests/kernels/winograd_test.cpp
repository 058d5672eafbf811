#include "kernels/winograd.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/kernels/levels.h"

namespace zeropoint::kernels {
namespace {

Window SameWindow(int64_t batch, int64_t in_h, int64_t in_w, int64_t in_c, int64_t out_c, int64_t kernel_h,
                  int64_t kernel_w) {
  Window w;
  w.batch = batch, w.in_h = w.out_h = in_h, w.in_w = w.out_w = in_w, w.in_c = in_c, w.out_c = out_c;
  w.kernel_h = kernel_h, w.kernel_w = kernel_w;
  w.pad_top = (kernel_h - 1) / 2, w.pad_left = (kernel_w - 1) / 2;
  return w;
}

Window ValidWindow(int64_t batch, int64_t in_h, int64_t in_w, int64_t in_c, int64_t out_c, int64_t kernel_h,
                   int64_t kernel_w) {
  Window w = SameWindow(batch, in_h, in_w, in_c, out_c, kernel_h, kernel_w);
  w.out_h = in_h - kernel_h + 1, w.out_w = in_w - kernel_w + 1;
  w.pad_top = w.pad_left = 0;
  return w;
}

// Whole and cut tiles, several blocks, channels that fill no vector, batches, inputs smaller than a tile.
const Window kWindows[] = {
    SameWindow(1, 8, 8, 32, 32, 3, 3),  SameWindow(2, 5, 7, 33, 40, 3, 3),   ValidWindow(1, 9, 6, 47, 32, 3, 3),
    SameWindow(1, 1, 1, 32, 35, 3, 3),  SameWindow(1, 40, 41, 64, 48, 3, 3), SameWindow(1, 7, 6, 36, 33, 5, 5),
    ValidWindow(2, 8, 9, 32, 64, 5, 5), SameWindow(1, 17, 17, 40, 34, 1, 7), SameWindow(1, 17, 17, 34, 40, 7, 1),
    SameWindow(2, 3, 5, 32, 32, 1, 3),  SameWindow(1, 6, 3, 32, 32, 3, 1),   SameWindow(1, 4, 9, 32, 50, 1, 5),
    SameWindow(1, 9, 4, 50, 32, 5, 1),  ValidWindow(1, 7, 11, 32, 32, 7, 1),
};

struct Data {
  explicit Data(const Window& w)
      : input(RandomFloats(static_cast<size_t>(w.batch * w.in_h * w.in_w * w.in_c), 1)),
        weights(RandomFloats(static_cast<size_t>(w.out_c * w.kernel_h * w.kernel_w * w.in_c), 2)),
        bias(RandomFloats(static_cast<size_t>(w.out_c), 3)) {}
  std::vector<float> input, weights, bias;
};

template <typename Packed>
std::vector<float> RunPacked(const Packed& packed, const Window& w, const Data& data, Clamp clamp,
                             PartialRange* range = nullptr) {
  const size_t floats = packed.ScratchBytes(w) / sizeof(float) + 1;
  const AlignedFloats scratch = AllocateFloats(floats);
  std::fill_n(scratch.get(), floats, std::numeric_limits<float>::quiet_NaN());  // nothing may rely on what is there
  std::vector<float> output(static_cast<size_t>(w.batch * w.out_h * w.out_w * w.out_c), -1.0f);
  packed.Run(w, data.input.data(), data.bias.data(), clamp, output.data(), scratch.get(), range);
  return output;
}

std::vector<float> RunWinograd(const KernelTable& table, const Window& w, const Data& data, Clamp clamp) {
  return RunPacked(PackedWinograd(table, data.weights.data(), w), w, data, clamp);
}

double Largest(const std::vector<float>& values) {
  double largest = 0.0;
  for (float x : values) largest = std::max(largest, std::fabs(static_cast<double>(x)));
  return largest;
}

TEST_CASE("Fast convolutions give the reference's bits on every level") {
  for (const Window& w : kWindows) {
    REQUIRE(PackedWinograd::Suits(w, 1));
    const Data data(w);
    for (Clamp clamp : {kAll, Clamp{0.0f, 6.0f}}) {
      const std::vector<float> want = RunWinograd(*FindKernels(Isa::kReference), w, data, clamp);
      for (const KernelTable* table : AvailableKernels()) {
        INFO(table->name << " " << w.in_h << "x" << w.in_w << "x" << w.in_c << " -> " << w.out_c);
        REQUIRE(SameBits(RunWinograd(*table, w, data, clamp), want));
      }
    }
  }
}

// conv_test.cpp holds the direct kernel to the definition in double.
TEST_CASE("Fast convolutions differ from direct ones by rounding only") {
  for (const Window& w : kWindows) {
    const Data data(w);
    const PackedConv direct(BestKernels(), data.weights.data(), w.out_c, w.kernel_h * w.kernel_w, w.in_c, 1);
    const std::vector<float> want = RunPacked(direct, w, data, kAll);
    const std::vector<float> got = RunWinograd(BestKernels(), w, data, kAll);
    REQUIRE(got.size() == want.size());
    // What kernels/winograd.h says of both together.
    const double limit = 1e-5 * Largest(want);
    for (size_t i = 0; i < got.size(); ++i) REQUIRE(std::fabs(static_cast<double>(got[i]) - want[i]) <= limit);
  }
}

TEST_CASE("The range that a fast convolution takes is its results'") {
  for (const Window& w : kWindows) {
    const Data data(w);
    PartialRange range;
    const PackedWinograd packed(BestKernels(), data.weights.data(), w);
    const std::vector<float> results = RunPacked(packed, w, data, kAll, &range);
    const MinMaxResult whole = MinMax(results.data(), results.size());
    REQUIRE(range.elements() == results.size());
    REQUIRE(range.range().min == whole.min);
    REQUIRE(range.range().max == whole.max);
  }
}

TEST_CASE("Fast convolutions are left to filters that gain by them") {
  const Window w = SameWindow(1, 8, 8, 64, 64, 3, 3);
  REQUIRE(PackedWinograd::Suits(w, 1));
  REQUIRE_FALSE(PackedWinograd::Suits(w, 2));
  const auto without = [&](const auto& change) {
    Window other = w;
    change(other);
    return PackedWinograd::Suits(other, 1);
  };
  REQUIRE_FALSE(without([](Window& o) { o.stride_h = 2; }));
  REQUIRE_FALSE(without([](Window& o) { o.stride_w = 2; }));
  REQUIRE_FALSE(without([](Window& o) { o.dilation_h = 2; }));
  REQUIRE_FALSE(without([](Window& o) { o.dilation_w = 2; }));
  REQUIRE_FALSE(without([](Window& o) { o.in_c = 16; }));
  REQUIRE_FALSE(without([](Window& o) { o.out_c = 16; }));
  REQUIRE_FALSE(without([](Window& o) { o.in_c = o.out_c = 512; }));
  REQUIRE_FALSE(without([](Window& o) { o.kernel_h = 1, o.kernel_w = 1; }));
  REQUIRE_FALSE(without([](Window& o) { o.kernel_h = 4; }));
  REQUIRE_FALSE(without([](Window& o) { o.kernel_w = 5; }));
}

}  // namespace
}  // namespace zeropoint::kernels
