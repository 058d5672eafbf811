// Golden numbers: files written by TensorFlow 2.21's converter (docs/numerics.md).
#include "numeric/quantize.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <vector>

namespace zeropoint::numeric {
namespace {

TEST_CASE("an int8 activation's range is spread over 255 steps and holds zero") {
  const Affine unit = ActivationInt8(0.0f, 1.0f);
  CHECK(unit.scale == 0.003921568859368563f);
  CHECK(unit.zero_point == -128);
  const Affine positive = ActivationInt8(5.0f, 5.0f);
  CHECK(positive.scale == 5.0f / 255.0f);
  CHECK(positive.zero_point == -128);
  const Affine negative = ActivationInt8(-5.0f, -5.0f);
  CHECK(negative.scale == 5.0f / 255.0f);
  CHECK(negative.zero_point == 127);
}

TEST_CASE("an int8 activation whose range is nearly empty is widened by 1e-6 on both sides") {
  const Affine zero = ActivationInt8(0.0f, 1.17549435e-38f);
  CHECK(zero.scale == 7.84313680668447e-09f);
  CHECK(zero.zero_point == 0);
  const Affine tiny = ActivationInt8(0.0f, 3e-7f);
  CHECK(tiny.scale == Approx(9.0196e-09).epsilon(1e-4));
  CHECK(tiny.zero_point == -17);
}

TEST_CASE("an int16 activation is symmetric and nothing guards it against denormal scales") {
  CHECK(ActivationInt16(0.0f, 1.0f).scale == 3.0518509447574615e-05f);
  CHECK(ActivationInt16(-2.0f, 1.0f).scale == 2.0f / 32767.0f);
  CHECK(ActivationInt16(-2.0f, 1.0f).zero_point == 0);
  CHECK(ActivationInt16(0.0f, 1.17549435e-38f).scale == Approx(3.587e-43f).epsilon(1e-2));
}

TEST_CASE("a constant operand gets the parameters of its own range") {
  const Affine zero = ConstantInt8({0.0f, 0.0f});
  CHECK(zero.scale == 3.921568403342235e-09f);
  CHECK(zero.zero_point == 0);
  const Affine one = ConstantInt8({1.0f, 1.0f});
  CHECK(one.scale == 1.0f / 255.0f);
  CHECK(one.zero_point == -128);
}

TEST_CASE("a weight scale is twice the magnitude over 254 and an all-zero channel has a tiny one") {
  CHECK(WeightInt8Scale(127.0f) == 1.0f);
  CHECK(WeightInt8Scale(0.0f) == 1e-6f / 254.0f);
  CHECK(DynamicWeightInt8Scale(0.0f) == 1e-6 / 254.0);
  CHECK(WeightInt16x8Scale(0.0f) == 0.0f);
  CHECK(WeightInt16x8Scale(0.566717f) == 0.566717f / 127.0f);
}

TEST_CASE("bias scales multiply in double for int8 and in float32 for 16x8") {
  const float input = 0.0189127233f, weight = 0.0123456789f;
  CHECK(BiasInt8Scale(input, weight) == static_cast<float>(static_cast<double>(input) * static_cast<double>(weight)));
  CHECK(BiasInt16Scale(input, weight) == input * weight);
}

TEST_CASE("a bias that would overflow int32 raises its scale to half of int32's range") {
  const double bias_scale = BiasInt8Scale(0.0189127233f, WeightInt8Scale(0.0f));
  const double safe = SafeBiasScale(1e6f, bias_scale, /*per_channel=*/true);
  CHECK(static_cast<float>(safe) == 9.3132257e-04f);
  CHECK(static_cast<float>(safe / static_cast<double>(0.0189127233f)) == Approx(0.0492431782f).epsilon(1e-7));
  CHECK(SafeBiasScale(1.0f, 0.01, true) == 0.0);
  CHECK(SafeBiasScale(0.0f, 1e-30, true) == 0.0);
}

TEST_CASE("in 16x8 the weight's magnitude is raised instead") {
  CHECK(SafeWeightMagnitudeInt16x8(1e6f, 7.79e-05f, 0.0f) == Approx(1518.3f).epsilon(1e-3));
  CHECK(SafeWeightMagnitudeInt16x8(0.0f, 7.79e-05f, 0.0f) == 0.0f);
  CHECK(SafeWeightMagnitudeInt16x8(1.0f, 0.01f, 3.0f) == 3.0f);
}

}  // namespace
}  // namespace zeropoint::numeric
