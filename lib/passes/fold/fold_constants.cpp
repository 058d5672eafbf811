// Before: y = OP(c, ...), every operand constant
// After:  y, a constant
//
// Conditions: the record has a float kernel and no side effects; the op has an operand (so random generators and
// variables, whose results differ from run to run, have none of this); the result's shape is known and it is no larger
// than kAlwaysBytes or than the operands together, so that a few bytes of FILL or TILE do not become a huge file.
// Algebra: the kernels are those that calibration runs, in float32, as TensorFlow's converter folds.
#include <algorithm>
#include <limits>

#include "engine/engine.h"
#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

// The size up to which TensorFlow folds without looking at the operands.
constexpr size_t kAlwaysBytes = size_t{1} << 20;

bool KnownSmall(const ir::Value& value, size_t most_bytes) {
  if (!value.shape.ranked() || !value.shape.IsStatic()) return false;
  const auto elements = static_cast<size_t>(value.shape.NumElements());
  return elements <= std::numeric_limits<size_t>::max() / 16 && ByteSize(value.type, elements) <= most_bytes;
}

bool Foldable(const ir::Graph& graph, const ir::Node& node) {
  if (node.inputs().empty()) return false;
  size_t operand_bytes = 0;
  for (ir::ValueId in : node.inputs()) {
    if (in == ir::kNoValue) continue;
    if (!graph.value(in).is_constant || graph.value(in).is_variable) return false;
    operand_bytes += graph.value(in).data.size();
  }
  for (ir::ValueId out : node.outputs()) {
    if (!KnownSmall(graph.value(out), std::max(kAlwaysBytes, operand_bytes))) return false;
  }
  const ops::OpDef* def = ops::FindOp(node.op());
  return def != nullptr && def->eval_float != nullptr && !def->has_side_effects;
}

absl::StatusOr<bool> Fold(ir::Graph& graph, ir::NodeId id) {
  absl::StatusOr<std::vector<ir::Value>> results = engine::EvaluateConstants(graph, id);
  if (!results.ok()) return false;  // what is wrong with it, the run will say
  std::vector<ir::ValueId> outputs(graph.node(id).outputs().begin(), graph.node(id).outputs().end());
  graph.RemoveNode(id);
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::string name = std::move(graph.value(outputs[i]).name);
    graph.value(outputs[i]) = std::move((*results)[i]);
    graph.value(outputs[i]).name = std::move(name);
    graph.value(outputs[i]).is_constant = true;
  }
  return true;
}

}  // namespace

absl::StatusOr<int> FoldConstants(ir::Graph& graph) {
  // One sweep in order of execution folds whole chains.
  return RewriteEachIf(graph, [&](const ir::Node& node) { return Foldable(graph, node); },
                       [&](ir::NodeId id) { return Fold(graph, id); });
}

}  // namespace zeropoint::passes
