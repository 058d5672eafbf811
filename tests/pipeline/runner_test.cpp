#include "zeropoint/runner.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

namespace zeropoint {
namespace {

const std::string kModel = ZEROPOINT_SOURCE_DIR "/tests/data/tiny/classifier.tflite";

// One image of zeros for the model's only input.
struct Zeros {
  explicit Zeros(const Runner& runner) {
    const InputInfo input = runner.Signatures().at(0).inputs.at(0);
    int64_t elements = 1;
    for (int64_t dim : input.shape) {
      view.shape.push_back(dim < 0 ? 1 : dim);
      elements *= view.shape.back();
    }
    data.assign(static_cast<size_t>(elements), 0.0f);
    view.name = input.name;
    view.data = data.data();
    view.bytes = data.size() * sizeof(float);
  }
  SampleView sample() const { return {"", {view}, false}; }

  std::vector<float> data;
  TensorView view;
};

}  // namespace

TEST_CASE("a runner reads a model from a file or from bytes and gives its results their names") {
  auto runner = Runner::FromFile(kModel);
  REQUIRE(runner.ok());
  const Zeros zeros(*runner);
  auto results = runner->Run(zeros.sample());
  REQUIRE(results.ok());
  REQUIRE(results->size() == 1);
  CHECK(results->front().name == runner->Signatures().at(0).outputs.at(0));
  CHECK(results->front().type == Type::kFloat32);

  std::ifstream file(kModel, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  auto copy = Runner::FromBytes(text.str());
  REQUIRE(copy.ok());
  auto again = copy->Run(zeros.sample());
  REQUIRE(again.ok());
  CHECK(again->front().data == results->front().data);
}

TEST_CASE("a runner's observer sees what every operator computes, the result last") {
  auto runner = Runner::FromFile(kModel);
  REQUIRE(runner.ok());
  std::vector<std::string> seen;
  runner->observer = [&](const TensorView& tensor) { seen.push_back(tensor.name); };
  REQUIRE(runner->Run(Zeros(*runner).sample()).ok());
  CHECK(seen.size() > 1);
}

TEST_CASE("a runner refuses what is no model and samples that do not fit") {
  CHECK_FALSE(Runner::FromFile(kModel + ".none").ok());
  CHECK_FALSE(Runner::FromBytes("TFL3").ok());
  auto runner = Runner::FromFile(kModel);
  REQUIRE(runner.ok());
  Zeros zeros(*runner);
  zeros.view.shape.pop_back();
  CHECK(runner->Run(zeros.sample()).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(PlaceOf(runner->Run(zeros.sample()).status()).sample == 1);
}

}  // namespace zeropoint
