// Ops that move data against what LiteRT computed (tests/data/make_data_op_golden.py). What LiteRT only copies must be
// equal; interpolation may differ in the last bits.

#include <catch2/catch.hpp>

#include "engine/engine.h"
#include "ir/graph.h"
#include "ops/op_def.h"
#include "tests/support/golden.h"

using namespace zeropoint;

namespace {

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
  for (const Json& tensor : golden["inputs"]) inputs.push_back(graph.AddValue(GoldenValue(tensor, "x")));
  for (const Json& tensor : golden["outputs"]) {
    wanted.push_back(GoldenValue(tensor, "y"));
    outputs.push_back(graph.AddValue({.name = "y", .type = wanted.back().type}));
  }
  const ir::NodeInfo info{.op = op, .attrs = GoldenAttrs(golden["attrs"])};
  const ir::NodeId node = graph.AddNode(info, inputs, outputs);
  auto values = engine::EvaluateConstants(graph, node);
  INFO(Describe(values.status()));
  REQUIRE(values.ok());
  REQUIRE(values->size() == wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) Compare((*values)[i], wanted[i]);
}

}  // namespace

TEST_CASE("ops that move data compute what LiteRT computes") {
  for (const Json& golden : ReadGolden("data_op_golden.json")) Check(golden);
}
