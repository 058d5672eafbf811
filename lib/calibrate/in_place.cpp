#include "calibrate/in_place.h"

#include <algorithm>

#include "ops/op_def.h"

namespace zeropoint::calibrate {
namespace {

// A tensor of at most this many elements has a place of its own: LiteRT shares nothing of 4 bytes or fewer.
constexpr int64_t kNeverShared = 1;

bool SharesMemory(const ir::Graph& graph, ir::ValueId operand, ir::ValueId result) {
  if (operand == ir::kNoValue || graph.producer(operand) == ir::kNoNode) return false;
  if (graph.NumUses(operand) != 1 || graph.IsGraphOutput(result)) return false;
  const ir::Value& from = graph.value(operand);
  const ir::Value& to = graph.value(result);
  return from.type == to.type && from.shape == to.shape && from.shape.NumElements() != kNeverShared;
}

// The operand whose memory the node's result takes; kNoValue when it has its own.
ir::ValueId OverwrittenOperand(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr || node.outputs().empty()) return ir::kNoValue;
  for (int i = 0; i < op->in_place_operands; ++i) {
    if (SharesMemory(graph, node.input(i), node.output())) return node.input(i);
  }
  return ir::kNoValue;
}

}  // namespace

ir::Statistics WidenInPlaceOperands(const ir::Model& model, ir::Statistics statistics) {
  const ir::Statistics original = statistics;  // a widened range does not widen the next: results are read once, right
                                               // after they are made
  for (int g = 0; g < static_cast<int>(model.graphs.size()); ++g) {
    const ir::Graph& graph = model.graphs[static_cast<size_t>(g)];
    for (ir::NodeId id : graph.Order()) {
      ir::ValueId operand = OverwrittenOperand(graph, graph.node(id));
      const ir::Range* result = operand == ir::kNoValue ? nullptr : original.Find(g, graph.node(id).output());
      auto widened = statistics.ranges.find({g, operand});
      if (result == nullptr || widened == statistics.ranges.end()) continue;
      // The scores beside which a mask was added are computed by ops that know nothing of it.
      if (result->unmasked_min.has_value() && !widened->second.unmasked_min.has_value()) continue;
      widened->second.min = std::min(widened->second.min, result->min);
      widened->second.max = std::max(widened->second.max, result->max);
    }
  }
  return statistics;
}

}  // namespace zeropoint::calibrate
