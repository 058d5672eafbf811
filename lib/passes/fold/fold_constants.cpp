// Before: y = OP(c, ...), every operand constant
// After:  y, a constant
//
// Conditions: the record has a float kernel and no side effects; the op has an operand (so random generators and
// variables, whose results differ from run to run, have none of this); the result's shape is known and it is no larger
// than kAlwaysBytes or than the operands together, so that a few bytes of FILL or TILE do not become a huge file.
// FAKE_QUANT is left to AbsorbWeightFakeQuant, which keeps its range; a constant that is transposed or reshaped keeps
// it too. Algebra: the kernels are those that calibration runs, in float32, as TensorFlow's converter folds.
#include <algorithm>
#include <limits>
#include <optional>

#include "engine/engine.h"
#include "ir/constants.h"
#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/fold/fold.h"
#include "passes/quantization_aware/trained_range.h"

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
  if (node.inputs().empty() || node.op() == "FAKE_QUANT") return false;
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

// The dimension of the result that is dimension `axis` of the operand; nothing where there is none.
std::optional<int> MovedAxis(const ir::Graph& graph, const ir::Node& node, int axis) {
  if (node.op() == "TRANSPOSE") {
    const auto perm = ir::IntElements(graph, node.input(1));
    if (!perm.has_value()) return std::nullopt;
    const auto at = std::find(perm->begin(), perm->end(), axis);
    return at == perm->end() ? std::nullopt : std::optional<int>(static_cast<int>(at - perm->begin()));
  }
  const ir::Shape& from = graph.value(node.input(0)).shape;
  const ir::Shape& to = graph.value(node.output()).shape;
  const bool last = axis == from.rank() - 1 && to.rank() > 0 && to[to.rank() - 1] == from[axis];
  return last ? std::optional<int>(to.rank() - 1) : std::nullopt;
}

// The trained range of the operand, as the result has it; without one where the op does more than move elements.
ir::QuantParams MovedRange(const ir::Graph& graph, const ir::Node& node) {
  const bool moves = node.op() == "TRANSPOSE" || node.op() == "RESHAPE";
  if (!moves || !HasTrainedRange(graph.value(node.input(0)))) return {};
  ir::QuantParams quant = graph.value(node.input(0)).quant;
  if (quant.min.size() == 1) return quant;
  const std::optional<int> axis = MovedAxis(graph, node, quant.axis);
  if (!axis.has_value()) return {};
  quant.axis = *axis;
  return quant;
}

absl::StatusOr<bool> Fold(ir::Graph& graph, ir::NodeId id) {
  absl::StatusOr<std::vector<ir::Value>> results = engine::EvaluateConstants(graph, id);
  if (!results.ok()) return false;  // what is wrong with it, the run will say
  std::vector<ir::ValueId> outputs(graph.node(id).outputs().begin(), graph.node(id).outputs().end());
  ir::QuantParams trained = MovedRange(graph, graph.node(id));
  graph.RemoveNode(id);
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::string name = std::move(graph.value(outputs[i]).name);
    graph.value(outputs[i]) = std::move((*results)[i]);
    graph.value(outputs[i]).name = std::move(name);
    graph.value(outputs[i]).is_constant = true;
  }
  if (!trained.min.empty()) graph.value(outputs[0]).quant = std::move(trained);
  return true;
}

}  // namespace

absl::StatusOr<int> FoldConstants(ir::Graph& graph) {
  // One sweep in order of execution folds whole chains.
  return RewriteEachIf(
      graph, [&](const ir::Node& node) { return Foldable(graph, node); },
      [&](ir::NodeId id) { return Fold(graph, id); });
}

}  // namespace zeropoint::passes
