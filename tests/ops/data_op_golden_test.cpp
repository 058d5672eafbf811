// Ops that move data against what LiteRT computed (tests/data/make_data_op_golden.py). What LiteRT only copies must be
// equal; interpolation may differ in the last bits.
#include <fstream>

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
  for (const Json& element : data) elements.push_back(static_cast<T>(element.get<double>()));
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
    case ElementType::kInt32: value.data = Pack<int32_t>(data); break;
    case ElementType::kInt64: value.data = Pack<int64_t>(data); break;
    case ElementType::kFloat16: value.data = Pack<uint16_t>(data); break;  // recorded as bits
    default: value.data = Pack<uint8_t>(data); break;
  }
  return value;
}

ir::AttrValue ToAttr(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_array()) return value.get<std::vector<int64_t>>();
  return value.get<int64_t>();
}

std::vector<float> Floats(const ir::Value& value) {
  std::vector<float> elements(value.data.size() / sizeof(float));
  std::memcpy(elements.data(), value.data.data(), value.data.size());
  return elements;
}

void Compare(const ir::Value& got, const ir::Value& want) {
  REQUIRE(got.type == want.type);
  REQUIRE(got.shape == want.shape);
  REQUIRE(got.data.size() == want.data.size());
  if (want.type != ElementType::kFloat32) {
    REQUIRE(std::equal(got.data.data(), got.data.data() + got.data.size(), want.data.data()));
    return;
  }
  const std::vector<float> g = Floats(got), w = Floats(want);
  for (size_t i = 0; i < w.size(); ++i) {
    INFO("element " << i);
    REQUIRE(g[i] == Approx(w[i]).epsilon(1e-6).margin(1e-7));
  }
}

void Check(const Json& golden) {
  const std::string op = golden["op"];
  INFO(op << " " << golden["attrs"].dump() << " " << golden["inputs"].dump());
  ir::Graph graph;
  std::vector<ir::ValueId> inputs, outputs;
  std::vector<ir::Value> wanted;
  for (const Json& tensor : golden["inputs"]) inputs.push_back(graph.AddValue(ToValue(tensor, "x")));
  for (const Json& tensor : golden["outputs"]) {
    wanted.push_back(ToValue(tensor, "y"));
    outputs.push_back(graph.AddValue({.name = "y", .type = wanted.back().type}));
  }
  ir::NodeInfo info{.op = op};
  for (const auto& [name, value] : golden["attrs"].items()) info.attrs.Set(name, ToAttr(value));
  const ir::NodeId node = graph.AddNode(info, inputs, outputs);
  auto values = engine::EvaluateConstants(graph, node);
  INFO(Describe(values.status()));
  REQUIRE(values.ok());
  REQUIRE(values->size() == wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) Compare((*values)[i], wanted[i]);
}

}  // namespace

TEST_CASE("ops that move data compute what LiteRT computes") {
  std::ifstream file(ZEROPOINT_SOURCE_DIR "/tests/data/data_op_golden.json");
  REQUIRE(file.good());
  for (const Json& golden : Json::parse(file)) Check(golden);
}
