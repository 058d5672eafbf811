// Before: y = SHAPE(x), x of static shape
// After:  y, a constant
//
// Before: y = STRIDED_SLICE(SHAPE(x), ...) and other ops that only move elements, which take known dimensions alone
// After:  y, a constant
//
// Conditions: the other operands are constant; no result element comes from an unknown dimension.
// Algebra: the op is evaluated on the shape with ir::kDynamic where a dimension is unknown. Its elements are elements
// of the operand, so a result without kDynamic has known dimensions only.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "engine/engine.h"
#include "ir/constants.h"
#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/fold/fold.h"

namespace zeropoint::passes {
namespace {

// The dimensions of the SHAPE's operand as a constant of its result's type; kNoValue when the rank is not known.
ir::ValueId DimensionsOf(ir::Graph& graph, ir::NodeId shape) {
  const ir::Shape& dims = graph.value(graph.node(shape).input(0)).shape;
  if (!dims.ranked()) return ir::kNoValue;
  const ir::Value& result = graph.value(graph.node(shape).output());
  if (result.type == ElementType::kInt64) {
    return graph.AddConstant(result.name, ir::Shape{dims.rank()}, dims.dims());
  }
  const int64_t most = std::numeric_limits<int32_t>::max();
  if (std::any_of(dims.dims().begin(), dims.dims().end(), [&](int64_t dim) { return dim > most; })) return ir::kNoValue;
  return AddInts(graph, result.name, dims.dims());
}

void BecomeConstant(ir::Graph& graph, ir::NodeId id, ir::Value constant) {
  const ir::ValueId result = graph.node(id).output();
  constant.name = graph.value(result).name;
  constant.is_constant = true;
  graph.RemoveNode(id);
  graph.value(result) = std::move(constant);
}

absl::StatusOr<bool> MaterializeShape(ir::Graph& graph, ir::NodeId id) {
  const ir::Shape& dims = graph.value(graph.node(id).input(0)).shape;
  if (!dims.ranked() || !dims.IsStatic()) return false;
  const ir::ValueId constant = DimensionsOf(graph, id);
  if (constant == ir::kNoValue) return false;
  BecomeConstant(graph, id, graph.value(constant));
  return true;
}

absl::StatusOr<bool> MaterializePart(ir::Graph& graph, ir::NodeId id) {
  const std::vector<ir::ValueId> operands(graph.node(id).inputs().begin(), graph.node(id).inputs().end());
  std::vector<ir::ValueId> replaced = operands;
  const ops::OpDef& def = *ops::FindOp(graph.node(id).op());
  for (size_t i = 0; i < replaced.size(); ++i) {
    ir::ValueId& operand = replaced[i];
    if (operand == ir::kNoValue || IsConstant(graph, operand)) continue;
    // An unknown dimension may be moved, but it is no index and no size.
    const bool moved = def.quant.input(static_cast<int>(i)).role == ops::Role::kActivation;
    const ir::NodeId shape = moved ? ProducerOf(graph, operand, "SHAPE") : ir::kNoNode;
    operand = shape == ir::kNoNode ? ir::kNoValue : DimensionsOf(graph, shape);
    if (operand == ir::kNoValue) return false;
  }
  graph.SetInputs(id, replaced);
  absl::StatusOr<std::vector<ir::Value>> results = engine::EvaluateConstants(graph, id);
  graph.SetInputs(id, operands);
  if (!results.ok()) return false;  // what is wrong with it, the run will say
  const ir::ValueId probe = graph.AddValue(results->front());
  graph.value(probe).is_constant = true;
  const auto elements = ir::IntElements(graph, probe);
  if (!elements.has_value() || std::count(elements->begin(), elements->end(), ir::kDynamic) > 0) return false;
  BecomeConstant(graph, id, std::move(results->front()));
  return true;
}

bool ReadsShape(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::FindOp(node.op());
  if (def == nullptr || !def->moves_elements || def->eval_float == nullptr || node.outputs().size() != 1) return false;
  return std::any_of(node.inputs().begin(), node.inputs().end(),
                     [&](ir::ValueId in) { return ProducerOf(graph, in, "SHAPE") != ir::kNoNode; });
}

}  // namespace

absl::StatusOr<int> MaterializeShapes(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(int whole,
                      RewriteEach(graph, "SHAPE", [&](ir::NodeId id) { return MaterializeShape(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int parts, RewriteEachIf(
                                     graph, [&](const ir::Node& node) { return ReadsShape(graph, node); },
                                     [&](ir::NodeId id) { return MaterializePart(graph, id); }));
  return whole + parts;
}

}  // namespace zeropoint::passes
