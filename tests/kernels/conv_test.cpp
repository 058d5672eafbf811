#include "kernels/conv.h"

#include <catch2/catch.hpp>

#include "tests/kernels/levels.h"

namespace zeropoint::kernels {
namespace {

// Scratch memory full of NaN: kernels must not rely on what is there.
struct Space {
  explicit Space(size_t bytes) : floats(AllocateFloats(bytes / sizeof(float) + 1)) {
    std::fill_n(floats.get(), bytes / sizeof(float), std::numeric_limits<float>::quiet_NaN());
  }
  void* get() { return floats.get(); }
  AlignedFloats floats;
};

struct Case {
  Window window;
  int64_t groups = 1;
};

Window MakeWindow(int64_t batch, int64_t in_h, int64_t in_w, int64_t in_c, int64_t out_c, int64_t kernel,
                  int64_t stride, int64_t dilation, int64_t pad) {
  Window w;
  w.batch = batch, w.in_h = in_h, w.in_w = in_w, w.in_c = in_c, w.out_c = out_c;
  w.kernel_h = kernel, w.kernel_w = kernel > 2 ? kernel - 1 : kernel;
  w.stride_h = stride, w.stride_w = stride, w.dilation_h = dilation, w.dilation_w = dilation;
  w.pad_top = pad, w.pad_left = pad;
  w.out_h = (in_h + 2 * pad - (w.kernel_h - 1) * dilation - 1) / stride + 1;
  w.out_w = (in_w + 2 * pad - (w.kernel_w - 1) * dilation - 1) / stride + 1;
  return w;
}

// Of a depthwise convolution.
Window Square(int64_t batch, int64_t in_h, int64_t in_w, int64_t channels, int64_t kernel, int64_t stride,
              int64_t pad) {
  Window w = MakeWindow(batch, in_h, in_w, channels, channels, kernel, stride, 1, pad);
  w.kernel_w = kernel;
  w.out_w = (in_w + 2 * pad - kernel) / stride + 1;
  return w;
}

size_t InputSize(const Window& w) { return static_cast<size_t>(w.batch * w.in_h * w.in_w * w.in_c); }
size_t OutputSize(const Window& w) { return static_cast<size_t>(w.batch * w.out_h * w.out_w * w.out_c); }

std::vector<float> RunConv(const KernelTable& table, const Case& c, const std::vector<float>& input,
                           const std::vector<float>& weights, const float* bias, Clamp clamp) {
  const Window& w = c.window;
  const PackedConv packed(table, weights.data(), w.out_c, w.kernel_h * w.kernel_w, w.in_c / c.groups, c.groups);
  Space scratch(packed.ScratchBytes(w));
  std::vector<float> output(OutputSize(w), -1.0f);
  packed.Run(w, input.data(), bias, clamp, output.data(), scratch.get());
  return output;
}

// In double, straight from the definition.
std::vector<double> ExactConv(const Case& c, const std::vector<float>& input, const std::vector<float>& weights,
                              const float* bias) {
  const Window& w = c.window;
  const int64_t depth = w.in_c / c.groups;
  std::vector<double> output;
  for (int64_t n = 0; n < w.batch; ++n) {
    for (int64_t oy = 0; oy < w.out_h; ++oy) {
      for (int64_t ox = 0; ox < w.out_w; ++ox) {
        for (int64_t o = 0; o < w.out_c; ++o) {
          double sum = bias == nullptr ? 0.0 : static_cast<double>(bias[o]);
          for (int64_t ky = 0; ky < w.kernel_h; ++ky) {
            for (int64_t kx = 0; kx < w.kernel_w; ++kx) {
              const int64_t y = oy * w.stride_h + ky * w.dilation_h - w.pad_top;
              const int64_t x = ox * w.stride_w + kx * w.dilation_w - w.pad_left;
              if (y < 0 || x < 0 || y >= w.in_h || x >= w.in_w) continue;
              for (int64_t i = 0; i < depth; ++i) {
                const int64_t from = ((n * w.in_h + y) * w.in_w + x) * w.in_c + o / (w.out_c / c.groups) * depth + i;
                const int64_t at = ((o * w.kernel_h + ky) * w.kernel_w + kx) * depth + i;
                sum += static_cast<double>(input[static_cast<size_t>(from)]) *
                       static_cast<double>(weights[static_cast<size_t>(at)]);
              }
            }
          }
          output.push_back(sum);
        }
      }
    }
  }
  return output;
}

const Case kConvs[] = {
    {MakeWindow(1, 1, 1, 7, 5, 1, 1, 1, 0)},      {MakeWindow(1, 1, 13, 8, 33, 1, 1, 1, 0)},
    {MakeWindow(2, 5, 6, 3, 16, 3, 1, 1, 1)},     {MakeWindow(1, 9, 8, 4, 47, 3, 2, 1, 1)},
    {MakeWindow(1, 9, 9, 5, 17, 3, 1, 2, 2)},     {MakeWindow(1, 8, 8, 6, 9, 1, 2, 1, 0)},
    {MakeWindow(1, 7, 7, 12, 8, 3, 1, 1, 1), 4},  {MakeWindow(1, 24, 24, 2, 40, 1, 1, 1, 0)},
    {MakeWindow(1, 4, 4, 40, 20, 1, 1, 1, 0), 2},
};

TEST_CASE("Convolutions give the reference's bits on every level") {
  for (const Case& c : kConvs) {
    const Window& w = c.window;
    const std::vector<float> input = RandomFloats(InputSize(w), 1),
                             bias = RandomFloats(static_cast<size_t>(w.out_c), 3);
    const std::vector<float> weights =
        RandomFloats(static_cast<size_t>(w.out_c * w.kernel_h * w.kernel_w * w.in_c / c.groups), 2);
    for (Clamp clamp : {kAll, Clamp{0.0f, 6.0f}}) {
      const std::vector<float> want = RunConv(*FindKernels(Isa::kReference), c, input, weights, bias.data(), clamp);
      for (const KernelTable* table : AvailableKernels()) {
        INFO(table->name << " " << w.in_h << "x" << w.in_w << "x" << w.in_c << " -> " << w.out_c);
        REQUIRE(SameBits(RunConv(*table, c, input, weights, bias.data(), clamp), want));
      }
    }
  }
}

TEST_CASE("Convolutions are what the definition says") {
  for (const Case& c : kConvs) {
    const Window& w = c.window;
    const std::vector<float> input = RandomFloats(InputSize(w), 4);
    const std::vector<float> weights =
        RandomFloats(static_cast<size_t>(w.out_c * w.kernel_h * w.kernel_w * w.in_c / c.groups), 5);
    const std::vector<float> got = RunConv(BestKernels(), c, input, weights, nullptr, kAll);
    const std::vector<double> want = ExactConv(c, input, weights, nullptr);
    REQUIRE(got.size() == want.size());
    for (size_t i = 0; i < got.size(); ++i) REQUIRE(got[i] == Approx(want[i]).epsilon(1e-5).margin(1e-5));
  }
}

TEST_CASE("Tiles of every height and width agree") {
  for (int64_t rows = 1; rows < 30; ++rows) {
    for (int64_t columns : {1, 3, 4, 8, 15, 16, 17, 31, 32, 33, 64}) {
      const Case c{MakeWindow(1, 1, rows, 11, columns, 1, 1, 1, 0)};
      const std::vector<float> input = RandomFloats(InputSize(c.window), 6);
      const std::vector<float> weights = RandomFloats(static_cast<size_t>(columns * 11), 7);
      const std::vector<float> want = RunConv(*FindKernels(Isa::kReference), c, input, weights, nullptr, kAll);
      for (const KernelTable* table : AvailableKernels()) {
        INFO(table->name << " " << rows << "x" << columns);
        REQUIRE(SameBits(RunConv(*table, c, input, weights, nullptr, kAll), want));
      }
    }
  }
}

TEST_CASE("Fused multiply-add rounds once on every level") {
  // One product and one sum: the tile is a plain fma.
  const Case c{MakeWindow(1, 1, 1, 1, 16, 1, 1, 1, 0)};
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::vector<float> input = RandomBits(1, 3 * seed), weights = RandomBits(16, 3 * seed + 1);
    std::vector<float> bias = RandomBits(16, 3 * seed + 2);
    // Half of the sums nearly cancel: there a second rounding shows.
    for (size_t i = 0; i < 8; ++i) bias[i] = std::nextafter(-input[0] * weights[i], i % 2 ? 0.0f : 1e30f);
    for (const KernelTable* table : AvailableKernels()) {
      const std::vector<float> got = RunConv(*table, c, input, weights, bias.data(), kAll);
      for (size_t i = 0; i < 16; ++i) {
        INFO(table->name << " " << input[0] << " * " << weights[i] << " + " << bias[i]);
        REQUIRE(SameBits(got[i], std::fma(input[0], weights[i], bias[i])));
      }
    }
  }
}

TEST_CASE("Depthwise convolutions give the reference's bits on every level, and what the definition says") {
  const struct {
    Window window;
    int64_t multiplier;
  } cases[] = {{MakeWindow(1, 6, 9, 16, 16, 3, 1, 1, 1), 1}, {MakeWindow(2, 7, 5, 19, 19, 3, 2, 1, 1), 1},
               {MakeWindow(1, 9, 9, 33, 33, 3, 1, 2, 2), 1}, {MakeWindow(1, 5, 5, 3, 12, 3, 1, 1, 1), 4},
               {MakeWindow(1, 12, 11, 5, 5, 5, 1, 1, 2), 1}, {MakeWindow(1, 4, 4, 70, 70, 1, 1, 1, 0), 1},
               {Square(1, 9, 14, 50, 3, 1, 1), 1},           {Square(1, 9, 21, 50, 3, 2, 1), 1},
               {Square(2, 8, 11, 37, 5, 1, 2), 1},           {Square(1, 9, 19, 37, 5, 2, 2), 1}};
  for (const auto& c : cases) {
    const Window& w = c.window;
    const std::vector<float> input = RandomFloats(InputSize(w), 8),
                             bias = RandomFloats(static_cast<size_t>(w.out_c), 9);
    const std::vector<float> weights = RandomFloats(static_cast<size_t>(w.kernel_h * w.kernel_w * w.out_c), 10);
    const auto run = [&](const KernelTable& table) {
      Space scratch(DepthwiseScratchBytes(w));
      std::vector<float> output(OutputSize(w), -1.0f);
      DepthwiseConv2d(table, w, input.data(), weights.data(), bias.data(), Clamp{-3.0f, 3.0f}, output.data(),
                      scratch.get());
      return output;
    };
    const std::vector<float> want = run(*FindKernels(Isa::kReference));
    for (const KernelTable* table : AvailableKernels()) {
      INFO(table->name << " channels " << w.in_c);
      REQUIRE(SameBits(run(*table), want));
    }
    // As a grouped convolution of the same weights in the order [out_c][taps].
    const int64_t taps = w.kernel_h * w.kernel_w;
    std::vector<float> turned(weights.size());
    for (int64_t o = 0; o < w.out_c; ++o) {
      for (int64_t t = 0; t < taps; ++t) {
        turned[static_cast<size_t>(o * taps + t)] = weights[static_cast<size_t>(t * w.out_c + o)];
      }
    }
    const std::vector<double> exact = ExactConv({w, w.in_c}, input, turned, bias.data());
    for (size_t i = 0; i < want.size(); ++i) {
      REQUIRE(want[i] == Approx(std::min(3.0, std::max(-3.0, exact[i]))).epsilon(1e-5).margin(1e-5));
    }
  }
}

TEST_CASE("Pooling gives the reference's bits on every level and leaves the padding out") {
  for (int64_t channels : {1, 4, 7, 16, 21, 40}) {
    const Window w = MakeWindow(2, 7, 6, channels, channels, 3, 2, 1, 1);
    const std::vector<float> input = RandomFloats(InputSize(w), 11);
    for (auto pool : {AveragePool2d, MaxPool2d}) {
      const auto run = [&](const KernelTable& table) {
        Space scratch(PoolScratchBytes(w));
        std::vector<float> output(OutputSize(w), -1.0f);
        pool(table, w, input.data(), kAll, output.data(), scratch.get());
        return output;
      };
      const std::vector<float> want = run(*FindKernels(Isa::kReference));
      for (const KernelTable* table : AvailableKernels()) REQUIRE(SameBits(run(*table), want));
      // The first window sees 2 x 1 pixels: kernel 3 x 2, one row and one column of padding.
      const float a = input[0], b = input[static_cast<size_t>(6 * channels)];
      CHECK(want[0] == (pool == MaxPool2d ? std::max(a, b) : (a + b) / 2));
    }
  }
}

TEST_CASE("A window far larger than the input costs no more than the input") {
  Window w = MakeWindow(1, 3, 3, 2, 2, 1, 1, 1, 0);
  w.kernel_h = w.kernel_w = int64_t{1} << 31;
  w.out_h = w.out_w = 1;
  w.pad_top = w.pad_left = w.kernel_h / 2;
  const std::vector<float> input = RandomFloats(InputSize(w), 15);
  Space scratch(PoolScratchBytes(w));
  float got[2];
  MaxPool2d(BestKernels(), w, input.data(), kAll, got, scratch.get());
  float want = input[0];
  for (size_t i = 0; i < input.size(); i += 2) want = std::max(want, input[i]);
  CHECK(got[0] == want);
}

TEST_CASE("A stride far larger than the result costs no more than the result") {
  Window w = MakeWindow(1, 4, 4, 2, 3, 2, 1, 1, 0);
  w.stride_h = w.stride_w = int64_t{1} << 31;
  w.out_h = w.out_w = 1;
  const std::vector<float> input = RandomFloats(3, 16), weights = RandomFloats(2 * 2 * 2 * 3, 17);
  const PackedTransposeConv packed(BestKernels(), weights.data(), 2, 2, 2, 3, w.stride_h, w.stride_w);
  Space scratch(packed.ScratchBytes(w));
  std::vector<float> output(InputSize(w), -1.0f);
  packed.Run(w, input.data(), nullptr, kAll, output.data(), scratch.get());
  CHECK(output[0] == Approx(input[0] * weights[0] + input[1] * weights[1] + input[2] * weights[2]));
  CHECK(output[2 * 4 * 2 + 4] == 0.0f);  // beyond the kernel
}

TEST_CASE("Transposed convolutions give the reference's bits on every level, and spread what the convolution gathers") {
  for (int64_t stride : {1, 2, 3}) {
    for (int64_t kernel : {1, 2, 3, 4}) {
      for (int64_t pad : {0, 1}) {
        if (pad >= kernel) continue;
        Window w = MakeWindow(2, 9, 8, 18, 5, kernel, stride, 1, pad);
        if (w.kernel_w <= pad) continue;
        const std::vector<float> input = RandomFloats(OutputSize(w), 12), bias = RandomFloats(18, 13);
        const std::vector<float> weights = RandomFloats(static_cast<size_t>(18 * w.kernel_h * w.kernel_w * 5), 14);
        const auto run = [&](const KernelTable& table) {
          const PackedTransposeConv packed(table, weights.data(), 18, w.kernel_h, w.kernel_w, 5, stride, stride);
          Space scratch(packed.ScratchBytes(w));
          std::vector<float> output(InputSize(w), -1.0f);
          packed.Run(w, input.data(), bias.data(), kAll, output.data(), scratch.get());
          return output;
        };
        const std::vector<float> want = run(*FindKernels(Isa::kReference));
        for (const KernelTable* table : AvailableKernels()) REQUIRE(SameBits(run(*table), want));
        std::vector<double> exact(InputSize(w));
        for (size_t i = 0; i < exact.size(); ++i) exact[i] = static_cast<double>(bias[i % 18]);
        size_t at = 0;
        for (int64_t n = 0; n < w.batch; ++n) {
          for (int64_t oy = 0; oy < w.out_h; ++oy) {
            for (int64_t ox = 0; ox < w.out_w; ++ox) {
              for (int64_t i = 0; i < 5; ++i, ++at) {
                for (int64_t tap = 0; tap < w.kernel_h * w.kernel_w; ++tap) {
                  const int64_t y = oy * stride - pad + tap / w.kernel_w, x = ox * stride - pad + tap % w.kernel_w;
                  if (y < 0 || x < 0 || y >= w.in_h || x >= w.in_w) continue;
                  for (int64_t c = 0; c < 18; ++c) {
                    exact[static_cast<size_t>(((n * w.in_h + y) * w.in_w + x) * 18 + c)] +=
                        static_cast<double>(input[at]) *
                        static_cast<double>(weights[static_cast<size_t>((c * w.kernel_h * w.kernel_w + tap) * 5 + i)]);
                  }
                }
              }
            }
          }
        }
        for (size_t i = 0; i < exact.size(); ++i) REQUIRE(want[i] == Approx(exact[i]).epsilon(1e-5).margin(1e-5));
      }
    }
  }
}

}  // namespace
}  // namespace zeropoint::kernels
