// Quantized LSTM and SVDF, whole files, against what LiteRT's reference kernels computed
// (tests/data/make_recurrent_int8_results.py), several runs in a row.
#include <catch2/catch.hpp>

#include "base/file.h"
#include "engine/engine.h"
#include "formats/tflite/tflite.h"
#include "tests/support/golden.h"

using namespace zeropoint;

TEST_CASE("integer LSTM and SVDF compute the bits that LiteRT's reference kernels computed, run after run") {
  const Json results = ReadGolden("recurrent_int8_results.json");
  for (const auto& [name, golden] : results.items()) {
    INFO(name);
    const auto file = MapFile(std::string(ZEROPOINT_SOURCE_DIR "/tests/data/recurrent_int8/") + name);
    REQUIRE(file.ok());
    const auto model = formats::tflite::Read(*file, name);
    INFO(Describe(model.status()));
    REQUIRE(model.ok());
    const auto executable = engine::Executable::Create(model->graphs[0]);
    INFO(Describe(executable.status()));
    REQUIRE(executable.ok());
    const auto session = engine::Session::Create(**executable);
    const auto dims = golden["shape"].get<std::vector<int64_t>>();
    const auto check = [&](const Json& run) {
      const auto x = run["input"].get<std::vector<float>>(), want = run["output"].get<std::vector<float>>();
      const ops::TensorView view{{ElementType::kFloat32, dims, x.data()}};
      const absl::Status status = session->Run({&view, 1}, nullptr);
      INFO(Describe(status));
      REQUIRE(status.ok());
      const ops::TensorView got = session->output(0);
      CHECK(std::vector<float>(got.As<float>(), got.As<float>() + got.elements()) == want);
    };
    for (const Json& run : golden["runs"]) check(run);
    session->ResetState();
    check(golden["runs"][0]);
  }
}
