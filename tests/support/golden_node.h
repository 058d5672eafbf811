// Runs a node as the scripts in tests/data record it: {"op", "attrs", "inputs", "output"}, tensors as in golden.h, each
// with "constant" and, where they are quantized, "scale", "zero_point" and "axis".
#ifndef ZEROPOINT_TESTS_SUPPORT_GOLDEN_NODE_H_
#define ZEROPOINT_TESTS_SUPPORT_GOLDEN_NODE_H_

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "tests/support/golden.h"

namespace zeropoint {

// GoldenValue with its parameters.
inline ir::Value GoldenOperand(const Json& tensor, std::string name) {
  ir::Value value = GoldenValue(tensor, std::move(name));
  if (tensor.contains("scale")) {
    value.quant.scale = tensor["scale"].get<std::vector<float>>();
    value.quant.zero_point = tensor["zero_point"].get<std::vector<int64_t>>();
    value.quant.axis = tensor["axis"].get<int>();
  }
  return value;
}

// check(got, want), once type and shape are found to be right.
inline void RunGoldenNode(const Json& golden,
                          const std::function<void(const ops::TensorView&, const ir::Value&)>& check) {
  const std::string op = golden["op"];
  INFO(op << " " << golden["attrs"].dump() << " " << golden["output"]["type"]);
  ir::Graph graph;
  std::vector<ir::ValueId> operands;
  std::vector<ir::Value> inputs;
  inputs.reserve(golden["inputs"].size());  // views point into it
  std::vector<ops::TensorView> views;
  for (const Json& tensor : golden["inputs"]) {
    ir::Value value = GoldenOperand(tensor, std::string("x").append(std::to_string(operands.size())));
    inputs.push_back(value);
    value.is_constant = tensor["constant"].get<bool>();
    const bool constant = value.is_constant;
    if (!constant) {
      views.push_back({{value.type, inputs.back().shape.dims(), inputs.back().data.data()}});
      value.data = {};
    }
    operands.push_back(graph.AddValue(std::move(value)));
    if (!constant) graph.inputs.push_back(operands.back());
  }
  const ir::Value want = GoldenOperand(golden["output"], "y");
  ir::Value declared = want;
  declared.is_constant = false;
  declared.data = {};
  const ir::ValueId result = graph.AddValue(std::move(declared));
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
  check(got, want);
}

}  // namespace zeropoint

#endif  // ZEROPOINT_TESTS_SUPPORT_GOLDEN_NODE_H_
