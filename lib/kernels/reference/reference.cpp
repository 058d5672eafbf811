// Plain loops that say what every vector kernel computes. Tiles, strips and pools are written apart from the vector
// code; elementwise functions and rows are its templates on a "vector" of one float.
#include "kernels/reference/reference.h"

#include <bit>
#include <cmath>

#include "kernels/simd/fold.h"
#include "kernels/simd/map.h"
#include "kernels/simd/winograd.h"
#include "numeric/float16.h"

namespace zeropoint::kernels::reference {
namespace {

float Apply(Clamp clamp, float x) {
  const float raised = clamp.low > x ? clamp.low : x;
  return clamp.high < raised ? clamp.high : raised;
}

constexpr int kPanelWidth = 4;

template <int kRows>
void Tile(const GemmTile& t) {
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < t.columns; ++c) {
      float sum = t.bias == nullptr ? 0.0f : t.bias[c];
      for (int64_t tap = 0; tap < t.taps; ++tap) {
        const float* row = t.rows[tap * t.rows_per_tap + r] + t.offset;
        for (int64_t i = 0; i < t.depth; ++i)
          sum = std::fma(row[i], t.weights[(tap * t.depth + i) * kPanelWidth + c], sum);
      }
      t.out[r * t.out_stride + c] = Apply(t.clamp, sum);
    }
  }
}

void Depthwise(const DepthwiseStrip& s) {
  for (int64_t p = 0; p < s.pixels; ++p) {
    for (int64_t c = 0; c < s.channels; ++c) {
      float sum = s.bias == nullptr ? 0.0f : s.bias[c];
      for (int64_t t = 0; t < s.taps; ++t)
        sum = std::fma(s.inputs[p * s.taps + t][c], s.weights[t * s.channels + c], sum);
      s.out[p * s.channels + c] = Apply(s.clamp, sum);
    }
  }
}

void AveragePool(const float* const* pixels, int64_t taps, int64_t channels, float* y, Clamp clamp) {
  for (int64_t c = 0; c < channels; ++c) {
    float sum = pixels[0][c];
    for (int64_t t = 1; t < taps; ++t) sum += pixels[t][c];
    y[c] = Apply(clamp, sum / static_cast<float>(taps));
  }
}

void MaxPool(const float* const* pixels, int64_t taps, int64_t channels, float* y, Clamp clamp) {
  for (int64_t c = 0; c < channels; ++c) {
    float top = pixels[0][c];
    for (int64_t t = 1; t < taps; ++t) top = top > pixels[t][c] ? top : pixels[t][c];
    y[c] = Apply(clamp, top);
  }
}

MinMaxResult FindMinMax(const float* x, size_t n) {
  MinMaxResult result;
  if (n > 0) result.min = result.max = x[0];
  for (size_t i = 0; i < n; ++i) {
    if (!std::isfinite(x[i])) return {0.0f, 0.0f, false};
    if (x[i] < result.min) result.min = x[i];
    if (x[i] > result.max) result.max = x[i];
  }
  result.min += 0.0f;  // -0 becomes +0
  result.max += 0.0f;
  return result;
}

template <typename T>
void QuantizeRow(const float* from, size_t n, const QuantizeStep& step, T* to) {
  for (size_t i = 0; i < n; ++i) {
    const float factor = step.factors == nullptr ? 0.0f : step.factors[step.walks ? i : 0];
    double q = 0.0;
    switch (step.rule) {
      case QuantizeStep::Rule::kMultiply:
        q = std::round(from[i] * factor) + static_cast<double>(step.zero_point);
        break;
      case QuantizeStep::Rule::kDivide:
        q = std::round(from[i] / factor) + static_cast<double>(step.zero_point);
        break;
      case QuantizeStep::Rule::kDivideExactly:
        q = std::round(from[i] / step.exact + step.zero_point);
        break;
    }
    to[i] = static_cast<T>(q >= step.high ? step.high : q > step.low ? static_cast<int32_t>(q) : step.low);
  }
}

template <typename T>
void DequantizeRow(const T* from, size_t n, const DequantizeStep& step, float* to) {
  for (size_t i = 0; i < n; ++i) {
    to[i] = static_cast<float>(from[i] - step.zero_point) * step.scales[step.walks ? i : 0];
  }
}

void ToFiniteHalfRow(const float* from, size_t n, uint16_t* to) {
  for (size_t i = 0; i < n; ++i) to[i] = numeric::FloatToFiniteHalf(from[i]);
}

void FromHalfRow(const uint16_t* from, size_t n, float* to) {
  for (size_t i = 0; i < n; ++i) to[i] = numeric::HalfToFloat(from[i]);
}

// An integer that wraps, as those in vectors do.
struct WrappingInt {
  uint32_t value;

  friend WrappingInt operator+(WrappingInt a, WrappingInt b) { return {a.value + b.value}; }
  friend WrappingInt operator-(WrappingInt a, WrappingInt b) { return {a.value - b.value}; }
  friend WrappingInt operator&(WrappingInt a, WrappingInt b) { return {a.value & b.value}; }
  friend WrappingInt operator^(WrappingInt a, WrappingInt b) { return {a.value ^ b.value}; }
  friend WrappingInt operator<<(WrappingInt a, int shift) { return {a.value << shift}; }
  friend WrappingInt operator>>(WrappingInt a, int shift) {
    return {static_cast<uint32_t>(static_cast<int32_t>(a.value) >> shift)};
  }
};

// A "vector" of one float (see simd/vec.h).
struct One {
  using Float = float;
  using Int = WrappingInt;
  static constexpr size_t kWidth = 1;

  static float Load(const float* p) { return *p; }
  static void Store(float* p, float x) { *p = x; }
  static float LoadN(const float*, size_t) { return 0.0f; }
  static void StoreN(float*, float, size_t) {}
  static float Set(float x) { return x; }
  static bool Unordered(float a, float b) { return std::isnan(a) || std::isnan(b); }
  static float Least(float x) { return x; }
  static float Greatest(float x) { return x; }
  static bool Any(bool m) { return m; }
  static constexpr bool kScales = false;
  static Int SetInt(int32_t x) { return {static_cast<uint32_t>(x)}; }
  static float Fma(float a, float b, float c) { return std::fma(a, b, c); }
  static float Select(bool m, float a, float b) { return m ? a : b; }
  static float Max(float a, float b) { return a > b ? a : b; }
  static float Min(float a, float b) { return a < b ? a : b; }
  static float Sqrt(float x) { return std::sqrt(x); }
  static float Abs(float x) { return std::fabs(x); }
  static float CopySign(float magnitude, float sign) { return std::copysign(magnitude, sign); }
  static Int Bits(float x) { return {std::bit_cast<uint32_t>(x)}; }
  static float FromBits(Int x) { return std::bit_cast<float>(x.value); }
};

}  // namespace

const KernelTable* Kernels() {
  static const KernelTable table = [] {
    KernelTable t{Isa::kReference, "reference"};
    t.panel_width = kPanelWidth;
    t.max_rows = 2;
    t.gemm[0] = Tile<1>;
    t.gemm[1] = Tile<2>;
    t.depthwise = Depthwise;
    t.average_pool = AveragePool;
    t.max_pool = MaxPool;
    simd::FillWinograd<One>(t);
    simd::FillMaps<One>(t);
    simd::FillFolds<One>(t);
    t.min_max = FindMinMax;
    t.quantize_int8 = QuantizeRow<int8_t>;
    t.quantize_uint8 = QuantizeRow<uint8_t>;
    t.quantize_int16 = QuantizeRow<int16_t>;
    t.dequantize_int8 = DequantizeRow<int8_t>;
    t.dequantize_uint8 = DequantizeRow<uint8_t>;
    t.dequantize_int16 = DequantizeRow<int16_t>;
    t.to_finite_half = ToFiniteHalfRow;
    t.from_half = FromHalfRow;
    return t;
  }();
  return &table;
}

}  // namespace zeropoint::kernels::reference
