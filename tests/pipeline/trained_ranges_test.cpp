// Models of quantization-aware training, from file to file: tests/data/qat says what they are.
#include <catch2/catch.hpp>

#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "zeropoint/converter.h"

using namespace zeropoint;

namespace {

const std::string kFolder = ZEROPOINT_SOURCE_DIR "/tests/data/qat/";

ir::Model Read(absl::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  auto model = formats::tflite::Read(Bytes::Own(std::vector<uint8_t>(data, data + bytes.size())), "test");
  INFO(model.status().ToString());
  REQUIRE(model.ok());
  return *std::move(model);
}

ir::Model ReadFile(const std::string& name) {
  auto file = MapFile(kFolder + name);
  REQUIRE(file.ok());
  return Read(absl::string_view(reinterpret_cast<const char*>(file->data()), file->size()));
}

Converter Open(const std::string& name) {
  auto converter = Converter::FromPath(kFolder + name);
  INFO(converter.status().ToString());
  REQUIRE(converter.ok());
  return *std::move(converter);
}

ir::Model Converted(Converter& converter) {
  auto result = converter.Convert();
  INFO(result.status().ToString());
  REQUIRE(result.ok());
  return Read(absl::string_view(reinterpret_cast<const char*>(result->model.data()), result->model.size()));
}

// Samples wider than the trained ranges: calibrating with them would show.
RepresentativeDataset WideSamples() {
  auto left = std::make_shared<int>(3);
  auto image = std::make_shared<std::vector<float>>(1 * 8 * 8 * 2, 3.0f);
  return RepresentativeDataset::FromFunction([left, image](SampleView& view) -> absl::StatusOr<bool> {
    if ((*left)-- == 0) return false;
    view.tensors = {{"image", Type::kFloat32, {1, 8, 8, 2}, image->data(), image->size() * sizeof(float)}};
    return true;
  });
}

void CheckSameTensor(const ir::Graph& a, ir::ValueId x, const ir::Graph& b, ir::ValueId y) {
  const ir::Value &expected = a.value(x), &actual = b.value(y);
  INFO(expected.name << " | " << actual.name);
  CHECK(actual.type == expected.type);
  REQUIRE(actual.quant.scale.size() == expected.quant.scale.size());
  for (size_t i = 0; i < expected.quant.scale.size(); ++i) {
    CHECK(actual.quant.scale[i] == Approx(expected.quant.scale[i]).epsilon(1e-6));
  }
  CHECK(actual.quant.zero_point == expected.quant.zero_point);
  if (expected.is_constant) CHECK(actual.data.span() == expected.data.span());
}

// Op by op, tensor by tensor; constants to the byte.
void CheckSame(const ir::Model& expected, const ir::Model& actual) {
  const ir::Graph &a = expected.graphs[0], &b = actual.graphs[0];
  const std::vector<ir::NodeId> nodes = a.Order(), others = b.Order();
  REQUIRE(others.size() == nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    const ir::Node &one = a.node(nodes[i]), &other = b.node(others[i]);
    REQUIRE(other.op() == one.op());
    CHECK(other.info.version == one.info.version);
    for (int k = 0; k < static_cast<int>(one.inputs().size()); ++k) CheckSameTensor(a, one.input(k), b, other.input(k));
    CheckSameTensor(a, one.output(), b, other.output());
  }
}

int CountOf(const ir::Model& model, absl::string_view op) {
  int count = 0;
  for (ir::NodeId id : model.graphs[0].Order()) count += model.graphs[0].node(id).op() == op ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("a trained model needs no samples, and becomes TensorFlow's int8 file") {
  Converter converter = Open("trained");
  CHECK(converter.HasTrainedRanges());
  converter.optimizations = {Optimize::kDefault};
  CheckSame(ReadFile("int8.tflite"), Converted(converter));
}

TEST_CASE("trained ranges win over those of samples") {
  Converter converter = Open("trained");
  converter.optimizations = {Optimize::kDefault};
  converter.representative_dataset = WideSamples();
  CheckSame(ReadFile("int8.tflite"), Converted(converter));
}

TEST_CASE("QUANTIZE and DEQUANTIZE pairs of a .tflite tell the same ranges") {
  Converter converter = Open("float.tflite");
  CHECK(converter.HasTrainedRanges());
  converter.optimizations = {Optimize::kDefault};
  converter.target_spec.supported_ops = {OpsSet::kTfliteBuiltinsInt8};
  const ir::Model model = Converted(converter), expected = ReadFile("int8.tflite");
  CHECK(CountOf(model, "QUANTIZE") == 1);
  CHECK(CountOf(model, "DEQUANTIZE") == 1);
  const ir::Graph &a = expected.graphs[0], &b = model.graphs[0];
  for (ir::NodeId id : a.Order()) {
    if (a.node(id).op() != "CONV_2D" && a.node(id).op() != "FULLY_CONNECTED") continue;
    for (ir::NodeId other : b.Order()) {
      if (b.node(other).op() != a.node(id).op()) continue;
      for (int k = 0; k < 3; ++k) CheckSameTensor(a, a.node(id).input(k), b, b.node(other).input(k));
    }
  }
}

TEST_CASE("16x8 takes the trained ranges too") {
  Converter converter = Open("trained");
  converter.optimizations = {Optimize::kDefault};
  converter.target_spec.supported_ops = {OpsSet::kInt16x8};
  const ir::Model model = Converted(converter);
  const ir::Graph& graph = model.graphs[0];
  const ir::ValueId image = graph.node(graph.first()).output();
  REQUIRE(graph.value(image).type == ElementType::kInt16);
  // The FakeQuant of [-1, 0.8] has 142 steps of 1.8 / 255 below zero.
  CHECK(graph.value(image).quant.scale[0] == Approx(142 * 1.8 / 255 / 32767).epsilon(1e-6));
}

TEST_CASE("modes with float activations keep FakeQuant as the operator it is") {
  Converter converter = Open("trained");
  CHECK(CountOf(Converted(converter), "FAKE_QUANT") == 3);
  converter.optimizations = {Optimize::kDefault};
  converter.trained_ranges = false;
  CHECK(CountOf(Converted(converter), "FAKE_QUANT") == 3);
}

TEST_CASE("a recipe may say that FakeQuant nodes are operators like others") {
  Converter converter = Open("trained");
  converter.representative_dataset = WideSamples();
  converter.recipe = R"({"mode": "int8", "trained_ranges": false})";
  CHECK(CountOf(Converted(converter), "FAKE_QUANT") == 3);
  converter.representative_dataset = WideSamples();
  converter.trained_ranges = false;
  converter.recipe = R"({"mode": "int8", "trained_ranges": true})";
  CheckSame(ReadFile("int8.tflite"), Converted(converter));
}
