// Golden numbers: files written by TensorFlow 2.21's converter (docs/numerics.md).
#include "kernels/encode.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <vector>

#include "tests/kernels/levels.h"

namespace zeropoint::kernels {
namespace {

using numeric::ChannelLayout;
using numeric::Encoding;
using numeric::LayoutOf;
using numeric::Reciprocal;

template <typename T>
std::vector<T> Encoded(const std::vector<float>& values, const ChannelLayout& layout, const Encoding& encoding,
                       ElementType type) {
  std::vector<T> out(values.size());
  Encode(values, layout, encoding, type, out.data());
  return out;
}

TEST_CASE("multiplying encodings round half away from zero and clamp") {
  Encoding encoding{Encoding::Rule::kMultiply, {Reciprocal(0.5)}, 0, -127, 127};
  const std::vector<float> values = {0.25f, -0.25f, 0.24f, 100.0f, -100.0f, 1.25f};
  CHECK(Encoded<int8_t>(values, LayoutOf({6}, -1), encoding, ElementType::kInt8) ==
        std::vector<int8_t>{1, -1, 0, 127, -127, 3});
}

TEST_CASE("dividing encodings round after adding the zero point") {
  // -0.5 + 1 = 0.5 rounds to 1; rounding first would give -1 + 1 = 0.
  Encoding encoding{Encoding::Rule::kDivide, {1.0}, 1, -128, 127};
  CHECK(Encoded<int8_t>({-0.5f, -200.0f, 200.0f}, LayoutOf({3}, -1), encoding, ElementType::kInt8) ==
        std::vector<int8_t>{1, -128, 127});
}

TEST_CASE("each channel has its own factor") {
  Encoding encoding{Encoding::Rule::kMultiply, {1.0, 2.0}, 0, -127, 127};
  CHECK(Encoded<int8_t>({1, 2, 3, 4}, LayoutOf({2, 2}, 0), encoding, ElementType::kInt8) ==
        std::vector<int8_t>{1, 2, 6, 8});
  CHECK(Encoded<int8_t>({1, 2, 3, 4}, LayoutOf({2, 2}, 1), encoding, ElementType::kInt8) ==
        std::vector<int8_t>{1, 4, 3, 8});
}

TEST_CASE("biases saturate at the limits of their type") {
  constexpr int64_t k32 = std::numeric_limits<int32_t>::max(), k64 = std::numeric_limits<int64_t>::max();
  const std::vector<float> values = {3e38f, -3e38f, 2147483648.0f, 1.5f};
  Encoding bias32{Encoding::Rule::kMultiply, {1.0}, 0, -k32, k32};
  CHECK(Encoded<int32_t>(values, LayoutOf({4}, -1), bias32, ElementType::kInt32) ==
        std::vector<int32_t>{2147483647, -2147483647, 2147483647, 2});
  Encoding bias64{Encoding::Rule::kMultiply, {1.0}, 0, -k64, k64};
  CHECK(Encoded<int64_t>(values, LayoutOf({4}, -1), bias64, ElementType::kInt64) ==
        std::vector<int64_t>{k64, -k64, 2147483648, 2});
}

TEST_CASE("channel ranges and magnitudes follow the axis") {
  const std::vector<float> values = {1, -5, 2, 3, 0, -1};
  const std::vector<float> by_row = ChannelMagnitudes(values, LayoutOf({2, 3}, 0));
  CHECK(by_row == std::vector<float>{5, 3});
  CHECK(ChannelMagnitudes(values, LayoutOf({2, 3}, 1)) == std::vector<float>{3, 5, 2});
  CHECK(ChannelMagnitudes(values, LayoutOf({2, 3}, -1)) == std::vector<float>{5});
  CHECK(ChannelMagnitudes({}, LayoutOf({2, 0}, 0)) == std::vector<float>{0, 0});
  CHECK(RangeWithZero(values).min == -5.0f);
  CHECK(RangeWithZero({}).max == 0.0f);
}

// The rows of each channel, one element at a time.
std::vector<float> Dequantized(const std::vector<int8_t>& q, const ChannelLayout& layout,
                               const std::vector<float>& scales, const std::vector<int64_t>& zero_points) {
  std::vector<float> real;
  for (size_t i = 0; i < q.size(); ++i) {
    const size_t c = i / layout.inner % layout.channels;
    real.push_back(static_cast<float>(q[i] - zero_points[c]) * scales[c]);
  }
  return real;
}

TEST_CASE(
    "Tensors with a scale for each channel are quantized and dequantized channel by channel, whatever the layout") {
  for (const ChannelLayout& layout : {ChannelLayout{1, 5, 33}, ChannelLayout{7, 37, 1}, ChannelLayout{3, 4, 5}}) {
    for (int64_t odd_zero_point : {0, 9}) {
      const std::vector<float> x = RandomFloats(layout.elements(), 3, -4.0f, 4.0f);
      const std::vector<float> scales = RandomFloats(layout.channels, 4, 0.02f, 0.05f);
      std::vector<int64_t> zero_points(layout.channels, 0);
      zero_points[1] = odd_zero_point;
      std::vector<int8_t> q(x.size());
      QuantizeStep step;
      step.rule = QuantizeStep::Rule::kDivide;
      step.low = -128;
      step.high = 127;
      QuantizeChannels(x.data(), layout, scales, zero_points, step, q.data());
      std::vector<float> back(x.size());
      Decode(q.data(), layout, scales, zero_points, back.data());
      CHECK(SameBits(back, Dequantized(q, layout, scales, zero_points)));
      for (size_t i = 0; i < x.size(); ++i) {
        const size_t c = i / layout.inner % layout.channels;
        const float steps = std::round(x[i] / scales[c]) + static_cast<float>(zero_points[c]);
        REQUIRE(q[i] == static_cast<int8_t>(std::min(127.0f, std::max(-128.0f, steps))));
      }
    }
  }
}

}  // namespace
}  // namespace zeropoint::kernels
