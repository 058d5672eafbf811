// Every op against what LiteRT's float kernels computed (tests/data/make_op_golden.py).
#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "ops/op_def.h"

namespace zeropoint {
namespace {

using Json = nlohmann::json;

Json ReadCases() {
  std::ifstream file(ZEROPOINT_SOURCE_DIR "/tests/data/op_golden.json");
  REQUIRE(file.good());
  return Json::parse(file);
}

template <typename T>
Bytes Packed(const Json& data) {
  std::vector<T> elements;
  for (const Json& value : data) elements.push_back(static_cast<T>(value.get<double>()));
  return Bytes::Of(absl::Span<const T>(elements));
}

ir::Value ToValue(const Json& tensor, const std::string& name) {
  ir::Value value;
  value.name = name;
  value.type = FindTraits(tensor["type"].get<std::string>())->type;
  value.shape = ir::Shape(tensor["shape"].get<std::vector<int64_t>>());
  switch (value.type) {
    case ElementType::kFloat32: value.data = Packed<float>(tensor["data"]); break;
    case ElementType::kInt32: value.data = Packed<int32_t>(tensor["data"]); break;
    default: value.data = Packed<uint8_t>(tensor["data"]); break;
  }
  return value;
}

ir::AttrValue ToAttr(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>();
  return value.get<float>();
}

double Element(ElementType type, const void* data, size_t i) {
  switch (type) {
    case ElementType::kFloat32: return static_cast<double>(static_cast<const float*>(data)[i]);
    case ElementType::kInt32: return static_cast<const int32_t*>(data)[i];
    default: return static_cast<const uint8_t*>(data)[i];
  }
}

void Check(const Json& golden) {
  const std::string op = golden["op"];
  INFO(op << " " << golden["attrs"].dump());
  ir::Graph graph;
  std::vector<ir::ValueId> operands;
  std::vector<ops::TensorView> views;
  std::vector<ir::Value> inputs;
  inputs.reserve(golden["inputs"].size());
  for (const Json& tensor : golden["inputs"]) {
    ir::Value value = ToValue(tensor, "x" + std::to_string(operands.size()));
    inputs.push_back(value);
    if (tensor["constant"].get<bool>()) {
      operands.push_back(graph.AddConstant(value.name, value.type, value.shape, value.data));
      continue;
    }
    views.push_back({{value.type, inputs.back().shape.dims(), inputs.back().data.data()}});
    value.data = {};
    operands.push_back(graph.AddValue(std::move(value)));
    graph.inputs.push_back(operands.back());
  }
  const ir::Value want = ToValue(golden["output"], "y");
  const ir::ValueId result = graph.AddValue({"y", want.type, want.shape});
  graph.outputs = {result};
  ir::NodeInfo info;
  info.op = op;
  for (const auto& [name, value] : golden["attrs"].items()) info.attrs.Set(name, ToAttr(value));
  graph.AddNode(std::move(info), operands, {result});

  const auto executable = engine::Executable::Create(graph);
  INFO(Describe(executable.status()));
  REQUIRE(executable.ok());
  const auto session = engine::Session::Create(**executable);
  const absl::Status run = session->Run(views, nullptr);
  INFO(Describe(run));
  REQUIRE(run.ok());
  const ops::TensorView got = session->output(0);
  REQUIRE(got.type == want.type);
  REQUIRE(ir::Shape(got.dims) == want.shape);
  const double epsilon = 4e-6;  // LiteRT sums in another order and approximates functions in its own way
  for (size_t i = 0; i < static_cast<size_t>(got.elements()); ++i) {
    REQUIRE(Element(got.type, got.data, i) ==
            Approx(Element(want.type, want.data.data(), i)).epsilon(epsilon).margin(epsilon));
  }
}

TEST_CASE("Every op computes what LiteRT's interpreter computed") {
  for (const Json& golden : ReadCases()) Check(golden);
}

}  // namespace
}  // namespace zeropoint
