// How activations become int8 beside int8 weights. Expected integers are those that LiteRT 2.3 multiplied, read off
// the results of dense layers and convolutions with unit matrices as weights.
#include "ops/hybrid.h"

#include <catch2/catch.hpp>
#include <vector>

namespace zeropoint::ops {
namespace {

std::vector<int> Rounded(const std::vector<float>& row, bool asymmetric, RowParams* params = nullptr) {
  std::vector<int8_t> rounded(row.size());
  const RowParams found = QuantizeRow(row, asymmetric, rounded.data());
  if (params != nullptr) *params = found;
  return {rounded.begin(), rounded.end()};
}

TEST_CASE(
    "A row with a zero point is rounded before the zero point is added, ties and what is just below them away from 0") {
  RowParams params;
  // The products with 1 / scale are -9.5 less a little, -9.5, 65.5, and the float above -0.5.
  const std::vector<float> row = {-0.4000000059604645f,
                                  5.715076446533203f,
                                  -0.22781653702259064f,
                                  -0.22781656682491302f,
                                  1.5707353353500366f,
                                  -0.01199034508317709f,
                                  0.0f};
  CHECK(Rounded(row, true, &params) == std::vector<int>{-128, 127, -120, -121, -45, -112, -111});
  CHECK(params.zero == -111);
  CHECK(params.scale == 0.023980692f);
}

TEST_CASE("A row without a zero point leaves -128 out, and zeros are zeros") {
  RowParams params;
  CHECK(Rounded({-2.0f, 1.0f, 0.5f, 0.0f}, false, &params) == std::vector<int>{-127, 64, 32, 0});
  CHECK(params.zero == 0);
  CHECK(params.scale == 2.0f / 127.0f);
  CHECK(Rounded({0.0f, 0.0f}, true, &params) == std::vector<int>{0, 0});
  CHECK(params.scale == 1.0f);
}

TEST_CASE("Scales of channels are compared with each other") {
  const std::vector<float> same = {0.5f, 0.5f}, other = {0.5f, 0.25f};
  CHECK(WeightScales{same}.all_equal());
  CHECK_FALSE(WeightScales{other}.all_equal());
}

}  // namespace
}  // namespace zeropoint::ops
