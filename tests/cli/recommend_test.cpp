// `zeropoint recommend`: every mode is tried, and the choice keeps what it promises.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "npy_text.h"
#include "run_command.h"

namespace zeropoint::cli {
namespace {

using Catch::Contains;

nlohmann::json Json(const std::string& arguments) {
  const Outcome outcome = Run("recommend " + arguments + " --json");
  CAPTURE(outcome.err, outcome.out);
  REQUIRE(outcome.code == 0);
  return nlohmann::json::parse(outcome.out);
}

const nlohmann::json& ModeOf(const nlohmann::json& advice, const std::string& name) {
  for (const nlohmann::json& mode : advice["modes"]) {
    if (mode["mode"] == name) return mode;
  }
  FAIL("no mode " << name);
  return advice;
}

// A file of 40 images: enough for both halves.
std::string ManyImages(const Scratch& scratch) {
  std::vector<float> images(40 * 8 * 8);
  for (size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>(i * 7919 % 1000) / 1000.0f;
  WriteFile(scratch / "many.npy", NpyText("<f4", {40, 8, 8, 1}, images));
  return scratch / "many.npy";
}

TEST_CASE("recommend tries every mode on one half of the samples and judges it by the other") {
  const nlohmann::json advice = Json(Tiny("classifier") + " --data " + Tiny("samples.npz"));
  std::set<std::string> tried;
  for (const nlohmann::json& mode : advice["modes"]) {
    if (mode["tried"].get<bool>()) tried.insert(mode["mode"].get<std::string>());
  }
  CHECK(tried ==
        std::set<std::string>{"float", "dynamic", "int8", "int8-only", "float16", "int16x8", "int16x8-fallback"});
  CHECK(advice["calibration_samples"] == 10);
  CHECK(advice["judging_samples"] == 10);
  CHECK(ModeOf(advice, "int8")["integer_only"] == true);
  CHECK(ModeOf(advice, "dynamic")["integer_only"] == false);
  CHECK(ModeOf(advice, "float")["value"] == "inf");
}

TEST_CASE("recommend takes a mode that is as good as it says, and the smallest of these") {
  const nlohmann::json advice =
      Json(Tiny("classifier.tflite") + " --metric cosine --max-drop 0.5% --data " + Tiny("samples.npz"));
  const nlohmann::json& choice = ModeOf(advice, advice["recommended"].get<std::string>());
  CHECK(choice["behind"].get<double>() <= 0.005);
  CHECK_FALSE(choice["few_samples"].get<bool>());
  for (const nlohmann::json& mode : advice["modes"]) {
    if (!mode["good_enough"].get<bool>() || mode["few_samples"].get<bool>()) continue;
    CHECK(choice["bytes"].get<double>() <= 1.1 * mode["bytes"].get<double>());
  }
}

TEST_CASE("recommend passes over modes that too few samples calibrated or judged, and says how many to give") {
  const nlohmann::json advice = Json(Tiny("classifier") + " --data " + Tiny("samples.npz"));  // 10 and 10
  for (const char* mode : {"dynamic", "int8", "int8-only", "int16x8", "int16x8-fallback"}) {
    CAPTURE(mode);
    CHECK(ModeOf(advice, mode)["few_samples"] == true);
    CHECK(advice["recommended"] != mode);
  }
  CHECK(ModeOf(advice, "float16")["few_samples"] == false);
  CHECK_THAT(advice["reason"].get<std::string>(), Contains("give 38 or more"));
}

TEST_CASE("recommend takes a calibrated mode where samples suffice") {
  Scratch scratch;
  const nlohmann::json advice = Json(Tiny("classifier") + " --data " + ManyImages(scratch));
  CHECK(advice["calibration_samples"] == 20);
  for (const nlohmann::json& mode : advice["modes"]) CHECK(mode["few_samples"] == false);
  // Whether it is marked as a Pareto choice follows the times that were measured, which no test may rest on.
  CHECK(ModeOf(advice, advice["recommended"].get<std::string>())["good_enough"].get<bool>());
  CHECK_THAT(advice["reason"].get<std::string>(), !Contains("or more"));
}

TEST_CASE("recommend falls back to float where nothing else is good enough, and says so") {
  Scratch scratch;
  const std::string command = Tiny("classifier.tflite") + " --data " + ManyImages(scratch) + " --limit 500dB";
  const nlohmann::json advice = Json(command);
  CHECK(advice["recommended"] == "float");
  CHECK_THAT(advice["reason"].get<std::string>(), Contains("none is notably smaller"));
  CHECK_THAT(Run("recommend " + command).out, Contains("not good enough"));
}

TEST_CASE("recommend decides the same in every run, on any number of threads") {
  auto without_times = [](nlohmann::json advice) {
    for (nlohmann::json& mode : advice["modes"]) {
      mode.erase("seconds");
      mode.erase("pareto");  // follows the times
    }
    return advice.dump();
  };
  const std::string command = Tiny("classifier.tflite") + " --labels label --max-drop 5% --data " + Tiny("samples.npz");
  CHECK(without_times(Json(command + " --threads 1")) == without_times(Json(command + " --threads 5")));
}

TEST_CASE("recommend tries the modes that are asked for, float always") {
  const nlohmann::json advice =
      Json(Tiny("classifier.tflite") + " --mode int8 --mode float16 --data " + Tiny("samples.npz"));
  CHECK(advice["modes"].size() == 3);
}

TEST_CASE("recommend says what is wrong") {
  Scratch scratch;
  WriteFile(scratch / "one.npy", NpyText("<f4", {1, 8, 8, 1}, std::vector<float>(64, 0.5f)));
  const Outcome one = Run("recommend " + Tiny("classifier.tflite") + " --data " + scratch / "one.npy");
  CHECK(one.code == 5);
  CHECK_THAT(one.err, Contains("at least 2 samples"));
  const std::string command = "recommend " + Tiny("classifier.tflite") + " --data " + Tiny("samples.npz");
  CHECK(Run(command + " --metric mse").code == 2);
  CHECK(Run(command + " --mode best").code == 2);
  CHECK(Run(command + " --max-drop 1dB").code == 2);
}

}  // namespace
}  // namespace zeropoint::cli
