// Real models through the executor: needs the zoo in ../shared and passes without it.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <random>

#include "base/file.h"
#include "engine/engine.h"
#include "formats/tflite/tflite.h"
#include "tests/support/shared.h"

using namespace zeropoint;

namespace {

// Inputs in [-1, 1], and small whole numbers where the model wants those; unknown dimensions are 1.
struct Inputs {
  std::vector<ir::Dims> dims;
  std::vector<std::vector<uint8_t>> data;
  std::vector<ops::TensorView> views;

  explicit Inputs(const ir::Graph& graph) : dims(graph.inputs.size()), data(graph.inputs.size()) {
    std::mt19937 random(3);
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const ir::Value& value = graph.value(graph.inputs[i]);
      ops::TensorView view;
      view.type = value.type;
      for (int64_t size : value.shape.dims()) dims[i].push_back(size == ir::kDynamic ? 1 : size);
      view.dims = dims[i];
      data[i].resize(view.bytes());
      view.data = data[i].data();
      for (int64_t k = 0; k < view.elements(); ++k) {
        if (view.type == ElementType::kFloat32) {
          reinterpret_cast<float*>(data[i].data())[k] = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
        } else if (view.type == ElementType::kInt32) {
          reinterpret_cast<int32_t*>(data[i].data())[k] = static_cast<int32_t>(random() % 10);
        }
      }
      views.push_back(view);
    }
  }
};

}  // namespace

TEST_CASE("zoo models run in less memory than their values take together", "[zoo]") {
  const std::filesystem::path models = test::SharedFolder() / "zoo" / "models";
  if (!std::filesystem::exists(models)) {
    WARN("skipped: there is no ../shared/zoo");
    return;
  }
  for (const char* name :
       {"kws_dscnn_f32", "resnet8_f32", "resnet_large_f32", "mnist_conv_fc", "mobilenet_v1_025_224",
        "face_detection_short_f16", "face_landmark_f32", "speech_embedding", "movie_review", "planestrike"}) {
    INFO(name);
    auto file = MapFile((models / (std::string(name) + ".tflite")).string());
    REQUIRE(file.ok());
    auto model = formats::tflite::Read(*file, name);
    REQUIRE(model.ok());
    const ir::Graph& graph = model->graphs[0];
    auto executable = engine::Executable::Create(graph);
    INFO(Describe(executable.status()));
    REQUIRE(executable.ok());
    auto session = engine::Session::Create(**executable);
    size_t all = 0;
    const engine::Observer observer = [&](const engine::Sight& sight) {
      const ops::TensorView& view = sight.tensor;
      all += view.bytes();
      const float* elements = view.type == ElementType::kFloat32 ? view.As<float>() : nullptr;
      for (int64_t i = 0; elements != nullptr && i < view.elements(); ++i) {
        if (!std::isfinite(elements[i])) return absl::InternalError("not finite");
      }
      return absl::OkStatus();
    };
    const Inputs inputs(graph);
    const absl::Status status = session->Run(inputs.views, &observer);
    INFO(Describe(status));
    REQUIRE(status.ok());
    REQUIRE(session->arena_bytes() < all);
  }
}
