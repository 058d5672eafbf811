// Kernels that change the type of whole tensors, on one thread, beside memcpy. Every one is given as many elements as
// make the bytes that it reads and writes together the benchmark's argument, so that bytes per second can be compared.
// kernels.py runs this.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "kernels/convert.h"
#include "kernels/encode.h"
#include "kernels/integer.h"
#include "kernels/kernel_table.h"
#include "numeric/quantize.h"

namespace zeropoint {
namespace {

constexpr size_t kChannels = 256, kCacheLine = 64;
constexpr int64_t kInCache = 256 << 10, kOutOfCache = 64 << 20;
constexpr float kScale = 0.0173f;
constexpr int32_t kZeroPoint = 3;

// On cache lines, as the engine's tensors are.
template <typename T>
class Buffer {
 public:
  explicit Buffer(size_t n)
      : size_(n),
        data_(static_cast<T*>(
            std::aligned_alloc(kCacheLine, (n * sizeof(T) + kCacheLine - 1) / kCacheLine * kCacheLine))) {
    std::fill(begin(), end(), T{});
  }
  T* data() const { return data_.get(); }
  T* begin() const { return data(); }
  T* end() const { return data() + size_; }
  absl::Span<const T> span() const { return {data(), size_}; }

 private:
  struct Free {
    void operator()(T* data) const { std::free(data); }
  };
  size_t size_;
  std::unique_ptr<T, Free> data_;
};

// A multiple of the channels.
size_t Elements(const benchmark::State& state, size_t bytes_per_element) {
  return static_cast<size_t>(state.range(0)) / bytes_per_element / kChannels * kChannels;
}

Buffer<float> Reals(size_t n) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-2.0f, 2.0f);
  Buffer<float> values(n);
  for (float& value : values) value = uniform(random);
  return values;
}

template <typename T>
Buffer<T> Integers(size_t n, int range) {
  std::mt19937 random(2);
  Buffer<T> values(n);
  for (T& value : values) value = static_cast<T>(static_cast<int>(random() % static_cast<unsigned>(2 * range)) - range);
  return values;
}

template <typename Work>
void Measure(benchmark::State& state, size_t bytes, const Work& work) {
  for (auto _ : state) {
    work();
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(bytes));
}

void Memcpy(benchmark::State& state) {
  const size_t n = Elements(state, 2);
  const Buffer<uint8_t> from(n), to(n);
  Measure(state, 2 * n, [&] {
    std::memcpy(to.data(), from.data(), n);
    benchmark::DoNotOptimize(to.data());
  });
}

// As LiteRT's QUANTIZE: divided by the scale.
void Quantize(benchmark::State& state) {
  const size_t n = Elements(state, 5);
  const Buffer<float> from = Reals(n);
  const Buffer<int8_t> to(n);
  kernels::QuantizeStep step;
  step.rule = kernels::QuantizeStep::Rule::kDivide;
  step.factors = &kScale;
  step.zero_point = kZeroPoint;
  step.low = -128;
  step.high = 127;
  Measure(state, 5 * n, [&] { kernels::Quantize(from.data(), n, step, to.data()); });
}

// Weights: the range of each channel is looked for, then all are quantized. `layout` has kChannels channels.
void QuantizeWeights(benchmark::State& state, const numeric::ChannelLayout& layout) {
  const size_t n = layout.elements();
  const Buffer<float> from = Reals(n);
  const Buffer<int8_t> to(n);
  Measure(state, 5 * n, [&] {
    numeric::Encoding encoding;
    encoding.low = -127;
    encoding.high = 127;
    for (float magnitude : kernels::ChannelMagnitudes(from.span(), layout))
      encoding.factors.push_back(numeric::Reciprocal(numeric::WeightInt8Scale(magnitude)));
    kernels::Encode(from.span(), layout, encoding, ElementType::kInt8, to.data());
  });
}
void QuantizeWeightsFirstAxis(benchmark::State& state) {
  QuantizeWeights(state, {1, kChannels, Elements(state, 5) / kChannels});
}
void QuantizeWeightsLastAxis(benchmark::State& state) {
  QuantizeWeights(state, {Elements(state, 5) / kChannels, kChannels, 1});
}

void QuantizeLastAxis(benchmark::State& state) {
  const size_t n = Elements(state, 5);
  const Buffer<float> from = Reals(n);
  const std::vector<float> scales(kChannels, kScale);
  const std::vector<int64_t> zero_points = {0};
  const Buffer<int8_t> to(n);
  kernels::QuantizeStep step;
  step.rule = kernels::QuantizeStep::Rule::kDivide;
  step.low = -127;
  step.high = 127;
  const numeric::ChannelLayout layout = {n / kChannels, kChannels, 1};
  Measure(state, 5 * n, [&] { kernels::QuantizeChannels(from.data(), layout, scales, zero_points, step, to.data()); });
}

void Dequantize(benchmark::State& state) {
  const size_t n = Elements(state, 5);
  const Buffer<int8_t> from = Integers<int8_t>(n, 127);
  const Buffer<float> to(n);
  kernels::DequantizeStep step;
  step.scales = &kScale;
  step.zero_point = kZeroPoint;
  Measure(state, 5 * n, [&] { kernels::Dequantize(from.data(), n, step, to.data()); });
}

void DequantizeLastAxis(benchmark::State& state) {
  const size_t n = Elements(state, 5);
  const Buffer<int8_t> from = Integers<int8_t>(n, 127);
  const std::vector<float> scales(kChannels, kScale);
  const std::vector<int64_t> zero_points = {0};
  const Buffer<float> to(n);
  const numeric::ChannelLayout layout = {n / kChannels, kChannels, 1};
  Measure(state, 5 * n, [&] { kernels::Decode(from.data(), layout, scales, zero_points, to.data()); });
}

// Sums of products to int8, with a factor for each channel.
void Requantize(benchmark::State& state) {
  const size_t n = Elements(state, 5);
  const Buffer<int32_t> from = Integers<int32_t>(n, 1 << 20);
  const std::vector<int32_t> values(kChannels, 1518500250), left(kChannels, 0), right(kChannels, 13),
      bias(kChannels, 77);
  const Buffer<int8_t> to(n);
  const kernels::RescaleFactors factors = {values.data(), left.data(), right.data(), bias.data(),
                                           kZeroPoint,    -128,        127};
  const kernels::IntegerKernels& table = kernels::BestIntegerKernels();
  Measure(state, 5 * n, [&] {
    for (size_t i = 0; i < n; i += kChannels) table.rescale_int8(from.data() + i, kChannels, factors, to.data() + i);
  });
}

void ToHalf(benchmark::State& state) {
  const size_t n = Elements(state, 6);
  const Buffer<float> from = Reals(n);
  const Buffer<uint16_t> to(n);
  Measure(state, 6 * n, [&] { kernels::ToFiniteHalf(from.data(), n, to.data()); });
}

void FromHalf(benchmark::State& state) {
  const size_t n = Elements(state, 6);
  const Buffer<uint16_t> from(n);
  kernels::ToFiniteHalf(Reals(n).data(), n, from.data());
  const Buffer<float> to(n);
  Measure(state, 6 * n, [&] { kernels::FromHalf(from.data(), n, to.data()); });
}

void MinMax(benchmark::State& state) {
  const size_t n = Elements(state, 4);
  const Buffer<float> from = Reals(n);
  Measure(state, 4 * n, [&] { benchmark::DoNotOptimize(kernels::MinMax(from.data(), n)); });
}

#define ZP_SIZES(name) BENCHMARK(name)->Arg(kInCache)->Arg(kOutOfCache)
ZP_SIZES(Memcpy);
ZP_SIZES(Quantize);
ZP_SIZES(QuantizeLastAxis);
ZP_SIZES(QuantizeWeightsFirstAxis);
ZP_SIZES(QuantizeWeightsLastAxis);
ZP_SIZES(Dequantize);
ZP_SIZES(DequantizeLastAxis);
ZP_SIZES(Requantize);
ZP_SIZES(ToHalf);
ZP_SIZES(FromHalf);
ZP_SIZES(MinMax);
#undef ZP_SIZES

}  // namespace
}  // namespace zeropoint

BENCHMARK_MAIN();
