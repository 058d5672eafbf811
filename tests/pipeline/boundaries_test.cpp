// Inputs and outputs that are unusual: integers, unused, passed through, constant; in every mode.
#include <catch2/catch.hpp>
#include <memory>

#include "formats/tflite/tflite.h"
#include "ir/text.h"
#include "zeropoint/converter.h"

using namespace zeropoint;

namespace {

absl::string_view AsText(const std::vector<uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Converter FromText(absl::string_view text) {
  auto graph = ir::ParseGraph(text);
  INFO(graph.status().ToString());
  REQUIRE(graph.ok());
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  auto bytes = formats::tflite::Write(model);
  REQUIRE(bytes.ok());
  auto converter = Converter::FromTfliteBytes(AsText(*bytes));
  INFO(converter.status().ToString());
  REQUIRE(converter.ok());
  return *std::move(converter);
}

ir::Graph Converted(Converter& converter) {
  auto result = converter.Convert();
  INFO(result.status().ToString());
  REQUIRE(result.ok());
  auto model = formats::tflite::Read(Bytes::Of(absl::MakeConstSpan(result->model)), "test");
  INFO(model.status().ToString());
  REQUIRE(model.ok());
  return std::move(model->graphs[0]);
}

// Four samples: for every input of the model, as many zeros and ones as it has elements.
RepresentativeDataset Samples(const Converter& converter) {
  struct Data {
    std::vector<InputInfo> inputs;
    std::vector<std::vector<uint8_t>> bytes;
    int left = 4;
  };
  auto data = std::make_shared<Data>();
  data->inputs = converter.Signatures()[0].inputs;
  for (const InputInfo& input : data->inputs) {
    size_t elements = 1;
    for (int64_t dim : input.shape) elements *= static_cast<size_t>(dim);
    std::vector<float> floats(elements, 1.0f);
    std::vector<int32_t> ints(elements, 1);
    const void* first = input.type == Type::kFloat32 ? static_cast<const void*>(floats.data()) : ints.data();
    const auto* begin = static_cast<const uint8_t*>(first);
    data->bytes.emplace_back(begin, begin + elements * 4);
  }
  return RepresentativeDataset::FromFunction([data](SampleView& view) -> absl::StatusOr<bool> {
    if (data->left-- == 0) return false;
    view.tensors.clear();
    for (size_t i = 0; i < data->inputs.size(); ++i) {
      view.tensors.push_back({data->inputs[i].name, data->inputs[i].type, data->inputs[i].shape, data->bytes[i].data(),
                              data->bytes[i].size()});
    }
    return true;
  });
}

struct Case {
  const char* mode;
  std::vector<Optimize> optimizations;
  std::vector<OpsSet> ops;
  std::vector<Type> types;
  bool calibrates;
  Type io;
};

const Case kCases[] = {
    {"float", {}, {OpsSet::kTfliteBuiltins}, {}, false, Type::kFloat32},
    {"dynamic", {Optimize::kDefault}, {OpsSet::kTfliteBuiltins}, {}, false, Type::kFloat32},
    {"float16", {Optimize::kDefault}, {OpsSet::kTfliteBuiltins}, {Type::kFloat16}, false, Type::kFloat32},
    {"int8, float at the borders", {Optimize::kDefault}, {OpsSet::kTfliteBuiltins}, {}, true, Type::kFloat32},
    {"int8, int8 at the borders", {Optimize::kDefault}, {OpsSet::kTfliteBuiltins}, {}, true, Type::kInt8},
    {"int8, uint8 at the borders", {Optimize::kDefault}, {OpsSet::kTfliteBuiltins}, {}, true, Type::kUInt8},
    {"16x8, float at the borders",
     {Optimize::kDefault},
     {OpsSet::kInt16x8, OpsSet::kTfliteBuiltins},
     {},
     true,
     Type::kFloat32},
    {"16x8, int16 at the borders",
     {Optimize::kDefault},
     {OpsSet::kInt16x8, OpsSet::kTfliteBuiltins},
     {},
     true,
     Type::kInt16},
};

// The graph that the mode makes of the text.
ir::Graph InMode(const Case& mode, absl::string_view text) {
  Converter converter = FromText(text);
  converter.optimizations = mode.optimizations;
  converter.target_spec.supported_ops = mode.ops;
  converter.target_spec.supported_types = mode.types;
  converter.inference_input_type = converter.inference_output_type = mode.io;
  if (mode.calibrates) converter.representative_dataset = Samples(converter);
  return Converted(converter);
}

const ir::Value& Input(const ir::Graph& graph, size_t i) { return graph.value(graph.inputs[i]); }
const ir::Value& Output(const ir::Graph& graph, size_t i) { return graph.value(graph.outputs[i]); }
ElementType Io(const Case& mode) { return static_cast<ElementType>(mode.io); }

}  // namespace

TEST_CASE("integer inputs and outputs keep their type in every mode") {
  for (const Case& mode : kCases) {
    CAPTURE(mode.mode);
    const ir::Graph graph = InMode(mode, R"(graph main
input %ids : int32[1,2]
input %x : float32[1,2,2]
const %table : float32[3,2] = 1 2 3 4 5 6
const %axis : int32[] = 2
%rows = GATHER(%table, %ids) {axis=0, batch_dims=0} : float32[1,2,2]
%y = ADD(%rows, %x) {fused_activation_function=0} : float32[1,2,2]
%best = ARG_MAX(%y, %axis) {output_type=2} : int32[1,2]
output %y
output %best
)");
    CHECK(Input(graph, 0).type == ElementType::kInt32);
    CHECK(Input(graph, 0).name == "ids");
    CHECK(Input(graph, 1).type == Io(mode));
    CHECK(Output(graph, 0).type == Io(mode));
    CHECK(Output(graph, 1).type == ElementType::kInt32);
  }
}

TEST_CASE("an input that nothing reads stays an input") {
  for (const Case& mode : kCases) {
    CAPTURE(mode.mode);
    const ir::Graph graph = InMode(mode, R"(graph main
input %x : float32[2]
input %unused : float32[3]
%y = RELU(%x) : float32[2]
output %y
)");
    REQUIRE(graph.inputs.size() == 2);
    CHECK(Input(graph, 0).type == Io(mode));
    // It has no range, so it cannot be an integer.
    CHECK(Input(graph, 1).type == ElementType::kFloat32);
    CHECK(Input(graph, 1).name == "unused");
  }
}

TEST_CASE("an input that is an output too is delivered as it came") {
  for (const Case& mode : kCases) {
    CAPTURE(mode.mode);
    const ir::Graph graph = InMode(mode, R"(graph main
input %x : float32[2]
%y = RELU(%x) : float32[2]
output %y
output %x
)");
    CHECK(Output(graph, 0).type == Io(mode));
    CHECK(Input(graph, 0).type == Output(graph, 1).type);
    CHECK(Output(graph, 1).quant.scale == Input(graph, 0).quant.scale);
  }
}

TEST_CASE("a constant output keeps its values in every mode") {
  for (const Case& mode : kCases) {
    CAPTURE(mode.mode);
    const ir::Graph graph = InMode(mode, R"(graph main
input %x : float32[2]
const %labels : int32[2] = 7 8
const %c : float32[2] = 1 2
%y = MUL(%x, %c) {fused_activation_function=0} : float32[2]
output %y
output %labels
output %c
)");
    CHECK(Output(graph, 1).type == ElementType::kInt32);
    REQUIRE(Output(graph, 1).is_constant);
    CHECK(Output(graph, 1).data.span()[0] == 7);
    CHECK(Output(graph, 2).type == ElementType::kFloat32);
    REQUIRE(Output(graph, 2).is_constant);
    CHECK(Output(graph, 2).data.size() == 2 * sizeof(float));
  }
}
