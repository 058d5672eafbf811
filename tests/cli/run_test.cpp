// `zeropoint run`: results of float and quantized models as an .npz.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "npy.h"
#include "npy_text.h"
#include "run_command.h"

namespace zeropoint::cli {
namespace {

using Catch::Contains;

std::vector<Array> ReadResults(const std::string& path) {
  auto file = MapFile(path);
  REQUIRE(file.ok());
  auto arrays = ReadNpz(*file);
  REQUIRE(arrays.ok());
  return *arrays;
}

const float* Floats(const Array& array) { return reinterpret_cast<const float*>(array.data.bytes.data()); }

TEST_CASE(
    "run writes an array for each result, its first axis the samples, alike for a float model and its int8 form") {
  Scratch scratch;
  const std::string data = Tiny("samples.npz");
  const std::string real = Tiny("classifier.tflite"), quantized = scratch / "int8.tflite";
  REQUIRE(Run("convert " + real + " -o " + quantized + " --mode int8 --data " + data).code == 0);
  const Outcome first = Run("run " + real + " --data " + data + " -o " + scratch / "real.npz");
  CAPTURE(first.err);
  REQUIRE(first.code == 0);
  CHECK(first.out.empty());
  REQUIRE(Run("run " + quantized + " --data " + data + " -o " + scratch / "int8.npz").code == 0);
  const auto exact = ReadResults(scratch / "real.npz"), rounded = ReadResults(scratch / "int8.npz");
  REQUIRE(exact.size() == 1);
  REQUIRE(rounded.size() == 1);
  CHECK(exact[0].name == rounded[0].name);
  CHECK(exact[0].shape == rounded[0].shape);
  CHECK(exact[0].shape[0] > 1);
  const size_t elements = exact[0].data.bytes.size() / sizeof(float);
  for (size_t i = 0; i < elements; ++i) CHECK(std::abs(Floats(exact[0])[i] - Floats(rounded[0])[i]) < 0.1f);
}

TEST_CASE("run --tensors writes what every operator computes, quantized integers as integers") {
  Scratch scratch;
  const std::string data = Tiny("samples.npz"), quantized = scratch / "int8.tflite";
  REQUIRE(Run("convert " + Tiny("classifier") + " -o " + quantized + " --mode int8 --data " + data).code == 0);
  REQUIRE(Run("run " + quantized + " --tensors --data " + data + " -o " + scratch / "all.npz").code == 0);
  const auto tensors = ReadResults(scratch / "all.npz");
  CHECK(tensors.size() > 2);
  CHECK(std::any_of(tensors.begin(), tensors.end(), [](const Array& array) { return array.dtype == "int8"; }));
}

TEST_CASE("run says what is wrong with the model, the samples or the output") {
  Scratch scratch;
  const std::string model = Tiny("classifier.tflite"), out = " -o " + scratch / "out.npz";
  CHECK(Run("run " + scratch / "none.tflite" + " --data " + Tiny("samples.npz") + out).code == 3);
  WriteFile(scratch / "x.npy", NpyText("<f4", {1, 3}, {1.0f, 2.0f, 3.0f}));
  const Outcome wrong = Run("run " + model + " --data " + scratch / "x.npy" + out);
  CHECK(wrong.code == 5);
  CHECK_THAT(wrong.err, Contains("shape"));
  CHECK(Run("run " + model + " --data " + Tiny("samples.npz") + " -o " + scratch / "no/out.npz").code == 3);
  CHECK(Run("run " + model + out).code == 2);
}

}  // namespace
}  // namespace zeropoint::cli
