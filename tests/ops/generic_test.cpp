// What holds for every record, whatever its op.
#include <catch2/catch.hpp>
#include <cmath>

#include "engine/engine.h"
#include "ops/op_def.h"

using namespace zeropoint;

namespace {

// `op` on float constants of one shape, as many as it must have, with values spread over the record's domain.
ir::Graph OnConstants(const ops::OpDef& op, const ir::Shape& shape, int operands) {
  ir::Graph graph;
  std::vector<ir::ValueId> inputs;
  for (int i = 0; i < operands; ++i) {
    std::vector<float> elements(static_cast<size_t>(shape.NumElements()));
    for (size_t e = 0; e < elements.size(); ++e) {
      const float step = static_cast<float>(e + 1) / static_cast<float>(elements.size() + 1);
      elements[e] = op.check.low + (op.check.high - op.check.low) * step;
    }
    inputs.push_back(graph.AddConstant("in" + std::to_string(i), shape, absl::MakeConstSpan(elements)));
  }
  ir::ValueId out = graph.AddValue({.name = "out", .shape = ir::Shape::Unranked()});
  graph.AddNode({.op = std::string(op.name), .name = "node"}, inputs, {out});
  graph.outputs = {out};
  return graph;
}

// Ops that take float tensors of any one shape and give a float tensor of it: found by trying, named nowhere.
bool IsElementwise(const ops::OpDef& op) {
  if (op.eval_float == nullptr || op.inputs.min > 2 || op.outputs.min != 1) return false;
  ir::Graph graph = OnConstants(op, {2, 3}, op.inputs.min);
  auto result = engine::EvaluateConstants(graph, graph.first());
  return result.ok() && (*result)[0].type == ElementType::kFloat32 && (*result)[0].shape == ir::Shape{2, 3};
}

}  // namespace

TEST_CASE("every elementwise record is finite on its domain and takes tensors without elements") {
  int tried = 0;
  for (const ops::OpDef* op : ops::AllOps()) {
    if (!IsElementwise(*op)) continue;
    ++tried;
    INFO(op->name);
    ir::Graph graph = OnConstants(*op, {7, 19}, op->inputs.min);
    auto result = engine::EvaluateConstants(graph, graph.first());
    REQUIRE(result.ok());
    const auto* elements = reinterpret_cast<const float*>((*result)[0].data.data());
    for (int64_t i = 0; i < 7 * 19; ++i) REQUIRE(std::isfinite(elements[i]));

    ir::Graph empty = OnConstants(*op, {0, 3}, op->inputs.min);
    auto none = engine::EvaluateConstants(empty, empty.first());
    REQUIRE(none.ok());
    REQUIRE((*none)[0].shape == ir::Shape{0, 3});
  }
  REQUIRE(tried >= 30);  // the arithmetic and activation records; fewer means that the search above is broken
}

TEST_CASE("every record refuses more and fewer operands than it has") {
  for (const ops::OpDef* op : ops::AllOps()) {
    INFO(op->name);
    if (op->inputs.min > 0) {
      ir::Graph fewer = OnConstants(*op, {2, 3}, op->inputs.min - 1);
      REQUIRE_FALSE(engine::InferShapes(fewer).ok());
    }
    if (op->inputs.max < ops::kMany) {
      ir::Graph more = OnConstants(*op, {2, 3}, op->inputs.max + 1);
      REQUIRE_FALSE(engine::InferShapes(more).ok());
    }
  }
}
