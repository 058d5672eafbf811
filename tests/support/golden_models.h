// SavedModels in the test data beside a golden.json with what TensorFlow computes of them.
#ifndef ZEROPOINT_TESTS_SUPPORT_GOLDEN_MODELS_H_
#define ZEROPOINT_TESTS_SUPPORT_GOLDEN_MODELS_H_

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "engine/engine.h"
#include "formats/saved_model/saved_model.h"
#include "passes/pass_manager.h"

namespace zeropoint::golden {

using Json = nlohmann::json;

struct Tensor {
  ElementType type;
  std::vector<int64_t> dims;
  std::string bytes;

  explicit Tensor(const Json& json)
      : type(FindTraits(json["type"].get<std::string>())->type), dims(json["shape"].get<std::vector<int64_t>>()) {
    REQUIRE(absl::Base64Unescape(json["data"].get<std::string>(), &bytes));
  }
  ops::TensorView view() const { return {{type, dims, bytes.data()}}; }
};

inline void RequireClose(const ops::TensorView& got, const Tensor& want) {
  REQUIRE(got.type == want.type);
  REQUIRE(std::vector<int64_t>(got.dims.begin(), got.dims.end()) == want.dims);
  if (want.type != ElementType::kFloat32) {
    REQUIRE(std::string(static_cast<const char*>(got.data), want.bytes.size()) == want.bytes);
    return;
  }
  const auto* wanted = reinterpret_cast<const float*>(want.bytes.data());
  float largest = 0.0f, difference = 0.0f;
  for (int64_t i = 0; i < got.elements(); ++i) {
    largest = std::max(largest, std::fabs(wanted[i]));
    REQUIRE(std::isnan(wanted[i]) == std::isnan(got.As<float>()[i]));  // std::max() passes over NaN
    difference = std::max(difference, std::fabs(wanted[i] - got.As<float>()[i]));
  }
  REQUIRE(difference <= 1e-5f * largest);
}

inline void CheckModel(const std::string& folder, const std::string& name, const Json& runs) {
  INFO(name);
  auto model = formats::saved_model::Read(folder + name, {});
  INFO(Describe(model.status()));
  REQUIRE(model.ok());
  const absl::Status passed = passes::RunPasses(*model, passes::ImportPipeline(), {}, {});
  INFO(Describe(passed));
  REQUIRE(passed.ok());
  REQUIRE(engine::InferShapes(*model).ok());
  auto program = engine::Program::Create(*model);
  auto executable = program->Prepare(0);
  INFO(Describe(executable.status()));
  REQUIRE(executable.ok());
  auto session = engine::Session::Create(**executable);
  for (const Json& run : runs) {
    // Sorted by the user's names, as the graph's inputs and outputs are.
    std::vector<Tensor> inputs;
    for (const auto& input : run["inputs"].items()) inputs.emplace_back(input.value());
    std::vector<ops::TensorView> views;
    for (const Tensor& input : inputs) views.push_back(input.view());
    session->ResetState();  // a fused LSTM keeps its own from run to run, as in LiteRT
    const absl::Status ran = session->Run(views, nullptr);
    INFO(Describe(ran));
    REQUIRE(ran.ok());
    int i = 0;
    for (const auto& output : run["outputs"].items()) {
      INFO(output.key());
      RequireClose(session->output(i++), Tensor(output.value()));
    }
  }
}

// Each model that golden.json names, read from the folder's folder of that name, brought into LiteRT's form and run.
inline void CheckModels(const std::string& folder) {
  std::ifstream file(folder + "golden.json");
  REQUIRE(file.good());
  const Json golden = Json::parse(file);
  for (const auto& model : golden.items()) CheckModel(folder, model.key(), model.value());
}

}  // namespace zeropoint::golden

#endif  // ZEROPOINT_TESTS_SUPPORT_GOLDEN_MODELS_H_
