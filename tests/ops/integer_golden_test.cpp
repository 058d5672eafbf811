// Every op with an integer kernel against what LiteRT's reference kernels computed (tests/data/make_integer_golden.py), bit
// for bit.
#include <catch2/catch.hpp>

#include <cstring>
#include <fstream>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "ops/op_def.h"

namespace zeropoint {
namespace {

using Json = nlohmann::json;

template <typename T>
Bytes Packed(const Json& data) {
  std::vector<T> elements;
  for (const Json& value : data) elements.push_back(static_cast<T>(value.get<int64_t>()));
  return Bytes::Of(absl::Span<const T>(elements));
}

ir::Value ToValue(const Json& tensor, const std::string& name) {
  ir::Value value;
  value.name = name;
  value.type = FindTraits(tensor["type"].get<std::string>())->type;
  value.shape = ir::Shape(tensor["shape"].get<std::vector<int64_t>>());
  value.quant.scale = tensor["scale"].get<std::vector<float>>();
  value.quant.zero_point = tensor["zero_point"].get<std::vector<int64_t>>();
  value.quant.axis = tensor["axis"].get<int>();
  switch (value.type) {
    case ElementType::kInt16: value.data = Packed<int16_t>(tensor["data"]); break;
    case ElementType::kInt32: value.data = Packed<int32_t>(tensor["data"]); break;
    case ElementType::kInt64: value.data = Packed<int64_t>(tensor["data"]); break;
    default: value.data = Packed<uint8_t>(tensor["data"]); break;
  }
  return value;
}

ir::AttrValue ToAttr(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>();
  return value.get<float>();
}

void Check(const Json& golden) {
  const std::string op = golden["op"];
  INFO(op << " " << golden["attrs"].dump() << " " << golden["output"]["type"]);
  ir::Graph graph;
  std::vector<ir::ValueId> operands;
  std::vector<ir::Value> inputs;
  inputs.reserve(golden["inputs"].size());
  std::vector<ops::TensorView> views;
  for (const Json& tensor : golden["inputs"]) {
    ir::Value value = ToValue(tensor, "x" + std::to_string(operands.size()));
    inputs.push_back(value);
    value.is_constant = tensor["constant"].get<bool>();
    if (!value.is_constant) {
      views.push_back({{value.type, inputs.back().shape.dims(), inputs.back().data.data()}});
      value.data = {};
    }
    const bool constant = value.is_constant;
    operands.push_back(graph.AddValue(std::move(value)));
    if (!constant) graph.inputs.push_back(operands.back());
  }
  const ir::Value want = ToValue(golden["output"], "y");
  ir::Value declared = want;
  declared.data = {};
  const ir::ValueId result = graph.AddValue(std::move(declared));
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
  CHECK(std::memcmp(got.data, want.data.data(), got.bytes()) == 0);
}

TEST_CASE("Every integer kernel computes the bits that LiteRT's reference kernel computed") {
  std::ifstream file(ZEROPOINT_SOURCE_DIR "/tests/data/integer_golden.json");
  REQUIRE(file.good());
  for (const Json& golden : Json::parse(file)) Check(golden);
}

}  // namespace
}  // namespace zeropoint
