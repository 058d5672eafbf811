// Every op against what LiteRT's float kernels computed (tests/data/make_op_golden.py).
#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <sstream>


#include "engine/engine.h"
#include "ops/op_def.h"
#include "tests/support/golden.h"

namespace zeropoint {
namespace {

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
    ir::Value value = GoldenValue(tensor, "x" + std::to_string(operands.size()));
    inputs.push_back(value);
    if (tensor["constant"].get<bool>()) {
      operands.push_back(graph.AddConstant(value.name, value.type, value.shape, value.data));
      continue;
    }
    views.push_back({{value.type, inputs.back().shape.dims(), inputs.back().data.data()}});
    value.is_constant = false;
    value.data = {};
    operands.push_back(graph.AddValue(std::move(value)));
    graph.inputs.push_back(operands.back());
  }
  const ir::Value want = GoldenValue(golden["output"], "y");
  const ir::ValueId result = graph.AddValue({"y", want.type, want.shape});
  graph.outputs = {result};
  ir::NodeInfo info;
  info.op = op;
  info.attrs = GoldenAttrs(golden["attrs"]);
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
  for (const Json& golden : ReadGolden("op_golden.json")) Check(golden);
}

}  // namespace
}  // namespace zeropoint
