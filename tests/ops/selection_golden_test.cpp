// Ops that select, scatter, sum segments and the like against what LiteRT computed
// (tests/data/make_selection_golden.py). Integers must be equal; real numbers may differ in the last bits.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "engine/engine.h"
#include "ir/graph.h"
#include "ops/op_def.h"
#include "tests/support/golden.h"

using namespace zeropoint;

namespace {

template <typename T>
void CompareReals(const ops::TensorView& got, const ir::Value& want) {
  std::vector<T> wanted(want.data.size() / sizeof(T));
  if (!wanted.empty()) std::memcpy(wanted.data(), want.data.data(), want.data.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    INFO("element " << i);
    if (std::isnan(wanted[i]))
      REQUIRE(std::isnan(got.As<T>()[i]));
    else
      REQUIRE(got.As<T>()[i] == Approx(wanted[i]).epsilon(1e-6).margin(1e-7));
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
    ir::Value value = GoldenValue(tensor, "x" + std::to_string(inputs.size()));
    if (std::find(fed.begin(), fed.end(), static_cast<int>(inputs.size())) != fed.end()) {
      arguments.push_back(value);
      value.is_constant = false;
      value.data = {};
    }
    inputs.push_back(graph.AddValue(value));
  }
  for (int i : fed) graph.inputs.push_back(inputs[static_cast<size_t>(i)]);
  for (const Json& tensor : golden["outputs"]) {
    wanted.push_back(GoldenValue(tensor, "y"));
    outputs.push_back(graph.AddValue({.name = "y", .type = wanted.back().type, .shape = ir::Shape::Unranked()}));
  }
  const ir::NodeInfo info{.op = op, .attrs = GoldenAttrs(golden["attrs"])};
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
  for (const Json& golden : ReadGolden("selection_golden.json")) Check(golden);
}
