// Real SavedModels against what TensorFlow's converter made of them: the same operators, as often.
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/file.h"
#include "formats/saved_model/saved_model.h"
#include "formats/tflite/tflite.h"
#include "passes/pass_manager.h"
#include "tests/passes/support.h"

using namespace zeropoint;

namespace {

std::string Shared() {
  const char* place = std::getenv("ZEROPOINT_SHARED");
  return place != nullptr ? place : ZEROPOINT_SOURCE_DIR "/../shared";
}

using Histogram = std::map<std::string, int>;

// Ops with their fused activation, which decides as much as the op.
Histogram Count(const ir::Model& model) {
  Histogram ops;
  for (const ir::Graph& graph : model.graphs) {
    for (ir::NodeId id : graph.Order()) {
      const ir::Node& node = graph.node(id);
      ++ops[node.op() + ":" + std::to_string(node.attrs().Int("fused_activation_function"))];
    }
  }
  return ops;
}

}  // namespace

TEST_CASE("SavedModels of the zoo get TensorFlow's operators", "[slow]") {
  for (const char* name : {"kws_dscnn", "resnet8_cifar10", "esrgan_slim_x2", "selfie_tf1", "half_plus_two_tf2"}) {
    const std::string folder = Shared() + "/zoo/models/" + name;
    const std::string file = Shared() + "/zoo/reference/" + name + "/float.tflite";
    if (!std::filesystem::exists(folder) || !std::filesystem::exists(file)) {
      WARN("no zoo model " << name << "; skipped");
      continue;
    }
    INFO(name);
    auto model = formats::saved_model::Read(folder, {});
    INFO(model.status().ToString());
    REQUIRE(model.ok());
    std::vector<std::string> inputs, outputs;
    for (ir::ValueId id : model->graphs[0].inputs) inputs.push_back(model->graphs[0].value(id).name);
    for (ir::ValueId id : model->graphs[0].outputs) outputs.push_back(model->graphs[0].value(id).name);

    absl::Status status = passes::RunPasses(*model, passes::ImportPipeline(), {}, {});
    INFO(status.ToString());
    REQUIRE(status.ok());
    auto bytes = MapFile(file);
    REQUIRE(bytes.ok());
    auto reference = formats::tflite::Read(*bytes, file);
    INFO(reference.status().ToString());
    REQUIRE(reference.ok());
    REQUIRE(Count(*model) == Count(*reference));

    const ir::Graph& graph = model->graphs[0];
    for (size_t i = 0; i < inputs.size(); ++i) REQUIRE(graph.value(graph.inputs[i]).name == inputs[i]);
    for (size_t i = 0; i < outputs.size(); ++i) REQUIRE(graph.value(graph.outputs[i]).name == outputs[i]);
  }
}
