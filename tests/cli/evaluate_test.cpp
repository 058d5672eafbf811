// `zeropoint evaluate`: what it prints, and its gates.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "npy.h"
#include "npy_text.h"
#include "run_command.h"

namespace zeropoint::cli {
namespace {

using Catch::Contains;

// The classifier in int8, and what `zeropoint run` says of it and of the float model.
struct Models {
  Scratch scratch;
  const std::string data = Tiny("samples.npz"), real = Tiny("classifier.tflite"), quantized = scratch / "int8.tflite";

  Models() { REQUIRE(Run("convert " + real + " -o " + quantized + " --mode int8 --data " + data).code == 0); }

  std::vector<float> Results(const std::string& model) const {
    REQUIRE(Run("run " + model + " --data " + data + " -o " + scratch / "out.npz").code == 0);
    auto file = MapFile(scratch / "out.npz");
    auto arrays = ReadNpz(*file);
    REQUIRE(arrays.ok());
    const absl::string_view bytes = arrays->front().data.bytes;
    const auto* first = reinterpret_cast<const float*>(bytes.data());
    return {first, first + bytes.size() / sizeof(float)};
  }
};

nlohmann::json Json(const Outcome& outcome) {
  CAPTURE(outcome.err, outcome.out);
  REQUIRE(nlohmann::json::accept(outcome.out));
  return nlohmann::json::parse(outcome.out);
}

TEST_CASE("evaluate without labels compares the results with the float model's, as they are in run's files") {
  Models models;
  const auto real = models.Results(models.real), rounded = models.Results(models.quantized);
  double signal = 0.0, noise = 0.0;
  for (size_t i = 0; i < real.size(); ++i) {
    const double error = static_cast<double>(rounded[i]) - static_cast<double>(real[i]);
    signal += static_cast<double>(real[i]) * static_cast<double>(real[i]);
    noise += error * error;
  }
  const std::string command = "evaluate " + models.quantized + " --float " + models.real + " --data " + models.data;
  const nlohmann::json json = Json(Run(command + " --json"));
  CHECK(json["metric"] == "sqnr");
  CHECK(json["samples"] == 20);
  CHECK(json["value"].get<double>() == Approx(10.0 * std::log10(signal / noise)));
  CHECK(json["outputs"][0]["mse"].get<double>() == Approx(noise / static_cast<double>(real.size())));
  // The SavedModel is the same model.
  const std::string folder =
      "evaluate " + models.quantized + " --float " + Tiny("classifier") + " --data " + models.data;
  CHECK(Json(Run(folder + " --json"))["samples"] == 20);
}

TEST_CASE("evaluate gives the same bytes on any number of threads") {
  Models models;
  const std::string command =
      "evaluate " + models.quantized + " --float " + models.real + " --json --labels label --data " + models.data;
  const Outcome one = Run(command + " --threads 1"), many = Run(command + " --threads 7");
  CHECK(one.code == 0);
  CHECK(one.out == many.out);
}

TEST_CASE("evaluate takes labels from a file or from an array of the data, and --max-drop is a gate") {
  Models models;
  const std::vector<float> real = models.Results(models.real);
  constexpr size_t kClasses = 3, kSamples = 20;
  std::vector<int64_t> best, other;
  for (size_t i = 0; i < kSamples; ++i) {
    const float* row = real.data() + i * kClasses;
    best.push_back(std::max_element(row, row + kClasses) - row);
    other.push_back((best.back() + 1) % static_cast<int64_t>(kClasses));
  }
  WriteFile(models.scratch / "best.npy", NpyText("<i8", {kSamples}, best));
  WriteFile(models.scratch / "other.npy", NpyText("<i8", {kSamples}, other));
  const std::string command = "evaluate " + models.real + " --float " + models.real + " --data " + models.data;
  const Outcome right = Run(command + " --metric top1 --max-drop 1% --labels " + models.scratch / "best.npy");
  CHECK(right.code == 0);
  CHECK_THAT(right.out, Contains("top1 100.00 % (float 100.00 %, drop 0.00 points), 20 samples"));
  const Outcome wrong = Run(command + " --limit 50% --labels " + models.scratch / "other.npy");
  CHECK(wrong.code == 9);
  CHECK_THAT(wrong.err, Contains("top1 is 0.00 %, where --limit asks for 50.00 %"));
  CHECK(Run(command + " --labels label").code == 0);
}

TEST_CASE("evaluate fails where the drop is larger than --max-drop") {
  Models models;
  const std::string command = "evaluate " + models.quantized + " --float " + models.real + " --data " + models.data;
  CHECK(Run(command + " --metric mse --max-drop 1").code == 0);
  const Outcome failed = Run(command + " --metric mse --max-drop 1e-12");
  CHECK(failed.code == 9);
  CHECK_THAT(failed.err, Contains("--max-drop allows 1e-12"));
  CHECK(Run(command + " --metric sqnr --limit 200dB").code == 9);
  const Outcome endless = Run(command + " --metric sqnr --max-drop 1dB");
  CHECK(endless.code == 2);
  CHECK_THAT(endless.err, Contains("use limit"));
}

TEST_CASE("evaluate says what is wrong with options, samples and labels") {
  Models models;
  const std::string command = "evaluate " + models.quantized + " --data " + models.data;
  CHECK(Run(command).code == 2);
  CHECK_THAT(Run(command + " --labels label --metric best").err, Contains("there is no metric 'best'"));
  CHECK_THAT(Run(command + " --labels label --output none").err, Contains("there is no output 'none'"));
  CHECK_THAT(Run(command + " --labels absent").err, Contains("nor an array of"));
  WriteFile(models.scratch / "few.npy", NpyText("<i8", {3}, std::vector<int64_t>{0, 1, 2}));
  const Outcome few = Run(command + " --labels " + models.scratch / "few.npy");
  CHECK(few.code == 5);
  CHECK_THAT(few.err, Contains("more samples than labels, which are 3"));
  std::vector<float> images(2 * 64, 0.5f);
  images[64 + 7] = std::nanf("");
  WriteFile(models.scratch / "nan.npy", NpyText("<f4", {2, 8, 8, 1}, images));
  const Outcome nan =
      Run("evaluate " + models.quantized + " --float " + models.real + " --data " + models.scratch / "nan.npy");
  CHECK(nan.code == 5);
  CHECK_THAT(nan.err, Contains("NaN in the data of input 'image'") && Contains("sample 1"));
}

}  // namespace
}  // namespace zeropoint::cli
