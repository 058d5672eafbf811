// Reading .npy and .npz, and matching their arrays to a model's inputs.
#include "samples.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <numeric>

#include "exit_code.h"
#include "npy.h"
#include "npy_text.h"
#include "progress_bar.h"
#include "run_command.h"

namespace zeropoint::cli {
namespace {

using Catch::Contains;

Buffer Hold(std::string text) {
  auto owner = std::make_shared<std::string>(std::move(text));
  return {owner, *owner};
}

std::vector<SignatureInputs> OneInput() { return {{"serving_default", {{"x", Type::kFloat32, {-1, 2, 3}}}, {"y"}}}; }

// All samples as (signature, name, shape, first value).
struct Row {
  std::string signature, name;
  std::vector<int64_t> shape;
  float first;
  bool continues = false;
};

std::vector<Row> ReadAll(const RepresentativeDataset& dataset) {
  dataset.Reset();
  std::vector<Row> rows;
  SampleView sample;
  while (true) {
    auto more = dataset.next()(sample);
    REQUIRE(more.ok());
    if (!*more) return rows;
    for (const TensorView& tensor : sample.tensors) {
      float first = 0.0f;
      std::memcpy(&first, tensor.data, sizeof(first));
      rows.push_back({sample.signature, tensor.name, tensor.shape, first, sample.continues});
    }
  }
}

std::vector<float> Counting(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_CASE("a .npy is read with its type and shape") {
  auto array = ReadNpy(Hold(NpyText("<f4", {2, 3}, Counting(6))), "x");
  REQUIRE(array.ok());
  CHECK(array->type == Type::kFloat32);
  CHECK(array->shape == std::vector<int64_t>{2, 3});
  CHECK(array->data.bytes.size() == 24);
}

TEST_CASE("a .npy in Fortran order is turned into row order") {
  auto array = ReadNpy(Hold(NpyText("<f4", {2, 3}, Counting(6), true)), "x");
  REQUIRE(array.ok());
  float values[6];
  std::memcpy(values, array->data.bytes.data(), sizeof(values));
  CHECK(std::vector<float>(values, values + 6) == std::vector<float>{0, 2, 4, 1, 3, 5});
}

TEST_CASE("a .npy that is cut off at any byte is an error") {
  std::string text = NpyText("<f4", {2, 3}, Counting(6));
  for (size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(ReadNpy(Hold(text.substr(0, size)), "x").ok());
  }
}

TEST_CASE("a .npy with a size no file can have is an error") {
  CHECK_FALSE(ReadNpy(Hold(NpyText("<f4", {1LL << 40, 1LL << 40}, Counting(6))), "x").ok());
  CHECK_FALSE(ReadNpy(Hold(NpyText("<f4", {-2, 3}, Counting(6))), "x").ok());
  CHECK_THAT(Message(ReadNpy(Hold(NpyText(">f4", {2, 3}, Counting(6))), "x").status()), Contains("big-endian"));
}

TEST_CASE("an .npz that is cut off at any byte, or altered, is an error and no crash") {
  std::string text = ReadFile(Tiny("samples.npz"));
  REQUIRE(ReadNpz(Hold(text)).ok());
  for (size_t size = 0; size < text.size(); size += size < 200 || size + 200 > text.size() ? 1 : 37) {
    CAPTURE(size);
    CHECK_FALSE(ReadNpz(Hold(text.substr(0, size))).ok());
  }
  for (size_t at = 0; at < text.size(); at += 3) {
    std::string altered = text;
    altered[at] = static_cast<char>(altered[at] ^ 0x55);
    (void)ReadNpz(Hold(altered));
  }
}

TEST_CASE("stored and deflated archives hold the same") {
  auto stored = ReadNpz(Hold(ReadFile(Tiny("two_signatures.npz"))));
  REQUIRE(stored.ok());
  CHECK(stored->size() == 4);
  CHECK((*stored)[0].name == "encode/image");
  auto deflated = ReadNpz(Hold(ReadFile(Tiny("samples.npz"))));
  REQUIRE(deflated.ok());
  CHECK((*deflated)[0].shape == std::vector<int64_t>{20, 8, 8, 1});
}

TEST_CASE("the first axis counts the samples, and a missing batch axis is added") {
  Scratch scratch;
  WriteFile(scratch / "x.npy", NpyText("<f4", {4, 2, 3}, Counting(24)));
  auto samples = LoadSamples(scratch / "x.npy", OneInput());
  REQUIRE(samples.ok());
  std::vector<Row> rows = ReadAll(samples->dataset);
  REQUIRE(rows.size() == 4);
  CHECK(rows[3].shape == std::vector<int64_t>{1, 2, 3});
  CHECK(rows[3].first == 18.0f);
  CHECK(ReadAll(samples->dataset).size() == 4);  // Reset starts again

  WriteFile(scratch / "x.npy", NpyText("<f4", {4, 1, 2, 3}, Counting(24)));
  samples = LoadSamples(scratch / "x.npy", OneInput());
  REQUIRE(samples.ok());
  CHECK(ReadAll(samples->dataset)[0].shape == std::vector<int64_t>{1, 2, 3});
}

TEST_CASE("with steps the second axis counts them, and each sequence has a beginning") {
  Scratch scratch;
  WriteFile(scratch / "x.npy", NpyText("<f4", {2, 3, 2, 3}, Counting(36)));
  auto samples = LoadSamples(scratch / "x.npy", OneInput(), /*steps=*/true);
  REQUIRE(samples.ok());
  std::vector<Row> rows = ReadAll(samples->dataset);
  REQUIRE(rows.size() == 6);
  for (size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].shape == std::vector<int64_t>{1, 2, 3});
    CHECK(rows[i].first == static_cast<float>(6 * i));
    CHECK(rows[i].continues == (i % 3 != 0));
  }
  WriteFile(scratch / "flat.npy", NpyText("<f4", {2}, Counting(2)));
  CHECK_THAT(Message(LoadSamples(scratch / "flat.npy", OneInput(), true).status()), Contains("no second axis"));
}

TEST_CASE("a folder holds a file a sample, or a file an input") {
  Scratch scratch;
  WriteFile(scratch / "b.npy", NpyText("<f4", {2, 3}, {10, 0, 0, 0, 0, 0}));
  WriteFile(scratch / "a.npy", NpyText("<f4", {1, 2, 3}, {20, 0, 0, 0, 0, 0}));
  auto samples = LoadSamples(scratch.path().string(), OneInput());
  REQUIRE(samples.ok());
  std::vector<Row> rows = ReadAll(samples->dataset);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].first == 20.0f);
  CHECK(rows[1].first == 10.0f);
  CHECK(rows[1].shape == std::vector<int64_t>{1, 2, 3});

  WriteFile(scratch / "x.npy", NpyText("<f4", {3, 2, 3}, Counting(18)));
  samples = LoadSamples(scratch.path().string(), OneInput());
  REQUIRE(samples.ok());
  CHECK(ReadAll(samples->dataset).size() == 3);
  CHECK(samples->warnings.size() == 2);
}

TEST_CASE("samples of several signatures are named signature/input") {
  std::vector<SignatureInputs> signatures = {
      {"encode", {{"image", Type::kFloat32, {1, 4}}, {"bias", Type::kFloat32, {1, 4}}}, {"code"}},
      {"decode", {{"image", Type::kFloat32, {1, 4}}, {"hint", Type::kFloat32, {1, 4}}}, {"picture"}}};
  auto samples = LoadSamples(Tiny("two_signatures.npz"), signatures);
  REQUIRE(samples.ok());
  std::vector<Row> rows = ReadAll(samples->dataset);
  REQUIRE(rows.size() == 32);
  CHECK(rows[0].signature == "encode");
  CHECK(rows[31].signature == "decode");
  CHECK(rows[31].name == "hint");
  CHECK(samples->warnings.empty());

  signatures[1].inputs.push_back({"depth", Type::kFloat32, {1, 4}});
  auto missing = LoadSamples(Tiny("two_signatures.npz"), signatures);
  CHECK_THAT(Message(missing.status()), Contains("'depth'") && Contains("'decode'"));
}

TEST_CASE("an array may be named as the input's tensor") {
  std::vector<SignatureInputs> signatures = {
      {"serving_default", {{"x", Type::kFloat32, {-1, 8, 8, 1}, "image"}}, {"y"}}};
  auto samples = LoadSamples(Tiny("samples.npz"), signatures);
  REQUIRE(samples.ok());
  CHECK(ReadAll(samples->dataset)[0].name == "x");
}

TEST_CASE("an .npy does not serve a model with two inputs") {
  Scratch scratch;
  WriteFile(scratch / "x.npy", NpyText("<f4", {4, 2}, Counting(8)));
  std::vector<SignatureInputs> two = {{"s", {{"a", Type::kFloat32, {1, 2}}, {"b", Type::kFloat32, {1, 2}}}, {}}};
  CHECK_THAT(Message(LoadSamples(scratch / "x.npy", two).status()), Contains("'a'") && Contains("'b'"));
  CHECK_THAT(Message(LoadSamples(scratch.path().string(), two).status()), Contains("<input>.npy"));
}

TEST_CASE("errors are one line with their place, lists go below it") {
  CHECK(ErrorText(absl::InvalidArgumentError("no good")) == "zeropoint: error: no good");
  CHECK(ErrorText(absl::FailedPreconditionError("these cannot be:\n  a\n  b")) ==
        "zeropoint: error: these cannot be:\n  a\n  b");
  CHECK(ExitCodeOf(absl::FailedPreconditionError("")) == kNotQuantizable);
  CHECK(ExitCodeOf(absl::CancelledError("")) == kCancelled);
}

TEST_CASE("the progress line fills up") {
  CHECK(ProgressLine({"write", 0, 0}) == "write");
  CHECK(ProgressLine({"calibrate", 50, 100}) == "calibrate [###############---------------] 50/100");
  CHECK(ProgressLine({"calibrate", 300, 100}) == "calibrate [##############################] 100/100");
}

}  // namespace
}  // namespace zeropoint::cli
