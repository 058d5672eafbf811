#include "zeropoint/dataset.h"

#include <catch2/catch.hpp>
#include <cstring>

using namespace zeropoint;

TEST_CASE("samples in memory outlive the caller's arrays and can be read again") {
  RepresentativeDataset dataset;
  {
    std::vector<float> data = {1.0f, 2.0f};
    SampleView sample{"serving_default", {{"x", Type::kFloat32, {1, 2}, data.data(), sizeof(float) * 2}}};
    dataset = RepresentativeDataset::FromSamples({sample, sample});
    data.assign({-1.0f, -1.0f});
  }
  for (int round = 0; round < 2; ++round) {
    dataset.Reset();
    SampleView read;
    int count = 0;
    while (*dataset.next()(read)) {
      float second = 0.0f;
      std::memcpy(&second, static_cast<const uint8_t*>(read.tensors[0].data) + sizeof(float), sizeof(float));
      REQUIRE(second == 2.0f);
      ++count;
    }
    REQUIRE(count == 2);
  }
}

TEST_CASE("samples in memory stay steps of their sequences") {
  const float one = 1.0f;
  SampleView sample{"", {{"x", Type::kFloat32, {1}, &one, sizeof(one)}}};
  SampleView step = sample;
  step.continues = true;
  const RepresentativeDataset dataset = RepresentativeDataset::FromSamples({sample, step, sample});
  for (bool continues : {false, true, false}) {
    SampleView read;
    REQUIRE(*dataset.next()(read));
    REQUIRE(read.continues == continues);
  }
}

TEST_CASE("a default dataset is empty") { REQUIRE(RepresentativeDataset().empty()); }
