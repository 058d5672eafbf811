// Ops that select, scatter, sum segments and the like against what LiteRT computed
// (tests/data/make_selection_golden.py). Integers must be equal; real numbers may differ in the last bits.
#include <cmath>
#include <fstream>
#include <limits>
#include <map>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "ir/graph.h"
#include "ops/op_def.h"

using namespace zeropoint;

namespace {

using Json = nlohmann::json;

template <typename T>
Bytes Pack(const Json& data) {
  std::vector<T> elements;
  for (const Json& element : data) {
    if (element.is_null()) elements.push_back(std::numeric_limits<T>::quiet_NaN());
    else elements.push_back(element.get<T>());
  }
  return Bytes::Of(absl::MakeConstSpan(elements));
}

ir::Value ToValue(const Json& tensor, const std::string& name) {
  ir::Value value{.name = name,
                  .type = FindTraits(absl::string_view(tensor["type"].get<std::string>()))->type,
                  .shape = ir::Shape(tensor["shape"].get<std::vector<int64_t>>()),
                  .is_constant = true};
  const Json& data = tensor["data"];
  switch (value.type) {
    case ElementType::kFloat32: value.data = Pack<float>(data); break;
    case ElementType::kFloat64: value.data = Pack<double>(data); break;
    case ElementType::kInt8: value.data = Pack<int8_t>(data); break;
    case ElementType::kInt16: value.data = Pack<int16_t>(data); break;
    case ElementType::kUInt16: value.data = Pack<uint16_t>(data); break;
    case ElementType::kInt32: value.data = Pack<int32_t>(data); break;
    case ElementType::kUInt32: value.data = Pack<uint32_t>(data); break;
    case ElementType::kInt64: value.data = Pack<int64_t>(data); break;
    default: value.data = Pack<uint8_t>(data); break;
  }
  return value;
}

ir::AttrValue ToAttr(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_float()) return value.get<float>();
  if (value.is_array()) {
    if (!value.empty() && value[0].is_number_float()) return value.get<std::vector<float>>();
    return value.get<std::vector<int64_t>>();
  }
  return value.get<int64_t>();
}

template <typename T>
void CompareReals(const ops::TensorView& got, const ir::Value& want) {
  std::vector<T> wanted(want.data.size() / sizeof(T));
  if (!wanted.empty()) std::memcpy(wanted.data(), want.data.data(), want.data.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    INFO("element " << i);
    if (std::isnan(wanted[i])) REQUIRE(std::isnan(got.As<T>()[i]));
    else REQUIRE(got.As<T>()[i] == Approx(wanted[i]).epsilon(1e-6).margin(1e-7));
  }
}

void Compare(const ops::TensorView& got, const ir::Value& want) {
  REQUIRE(got.type == want.type);
  REQUIRE(ir::Shape(got.dims) == want.shape);
  if (want.type == ElementType::kFloat32) return CompareReals<float>(got, want);
  if (want.type == ElementType::kFloat64) return CompareReals<double>(got, want);
  REQUIRE(got.bytes() == want.data.size());
  REQUIRE(std::equal(want.data.data(), want.data.data() + want.data.size(), static_cast<const uint8_t*>(got.data)));
}

void Check(const Json& golden) {
  const std::string op = golden["op"];
  INFO(op << " " << golden["attrs"].dump() << " " << golden["inputs"].dump());
  const std::vector<int> fed = golden["fed"];
  ir::Graph graph;
  std::vector<ir::ValueId> inputs, outputs;
  std::vector<ir::Value> arguments, wanted;
  for (const Json& tensor : golden["inputs"]) {
    if (tensor.is_null()) {
      inputs.push_back(ir::kNoValue);
      continue;
    }
    ir::Value value = ToValue(tensor, "x" + std::to_string(inputs.size()));
    if (std::find(fed.begin(), fed.end(), static_cast<int>(inputs.size())) != fed.end()) {
      arguments.push_back(value);
      value.is_constant = false;
      value.data = {};
    }
    inputs.push_back(graph.AddValue(value));
  }
  for (int i : fed) graph.inputs.push_back(inputs[static_cast<size_t>(i)]);
  for (const Json& tensor : golden["outputs"]) {
    wanted.push_back(ToValue(tensor, "y"));
    outputs.push_back(graph.AddValue({.name = "y", .type = wanted.back().type, .shape = ir::Shape::Unranked()}));
  }
  ir::NodeInfo info{.op = op};
  for (const auto& [name, value] : golden["attrs"].items()) info.attrs.Set(name, ToAttr(value));
  graph.AddNode(info, inputs, outputs);
  graph.outputs = outputs;
  auto executable = engine::Executable::Create(graph);
  INFO(Describe(executable.status()));
  REQUIRE(executable.ok());
  auto session = engine::Session::Create(**executable);
  std::vector<ops::TensorView> views;
  for (const ir::Value& argument : arguments) {
    ops::TensorView view;
    view.type = argument.type;
    view.dims = argument.shape.dims();
    view.data = argument.data.data();
    views.push_back(view);
  }
  const absl::Status status = session->Run(views, nullptr);
  INFO(Describe(status));
  REQUIRE(status.ok());
  for (size_t i = 0; i < wanted.size(); ++i) Compare(session->output(static_cast<int>(i)), wanted[i]);
}

}  // namespace

TEST_CASE("ops that select, scatter and sum segments compute what LiteRT computes") {
  std::ifstream file(ZEROPOINT_SOURCE_DIR "/tests/data/selection_golden.json");
  REQUIRE(file.good());
  for (const Json& golden : Json::parse(file)) Check(golden);
}
