#include "pipeline/debug_view.h"

#include <algorithm>

#include "ops/op_def.h"

namespace zeropoint::pipeline {

const evaluate::Spread* DebugView::SpreadOf(int g, ir::ValueId real) const {
  const auto found = conversion.comparison.spreads.find({g, real});
  return found == conversion.comparison.spreads.end() ? nullptr : &found->second;
}

double DebugView::CostOf(int g, ir::NodeId id) const {
  const auto found = conversion.comparison.nodes.find({g, id});
  return found == conversion.comparison.nodes.end() ? 0.0 : found->second.cost.value_or(0.0);
}

double DebugView::WeightOf(int g, ir::ValueId id) const {
  const ir::Graph& graph = Quantized(g);
  const ir::NodeId producer = graph.producer(id);
  double weight = producer == ir::kNoNode ? 0.0 : CostOf(g, producer);
  for (const ir::Use& use : graph.uses(id)) weight = std::max(weight, CostOf(g, use.node));
  return weight;
}

bool DebugView::RangeIsFixed(int g, ir::ValueId id) const {
  const ir::Graph& graph = Quantized(g);
  for (ir::NodeId at = graph.producer(id); at != ir::kNoNode; at = graph.producer(graph.node(at).input(0))) {
    const ops::OpDef* op = ops::FindOp(graph.node(at).op());
    if (op == nullptr) return false;
    const auto& fixed = graph.value(id).type == ElementType::kInt16 ? op->quant.fixed_int16 : op->quant.fixed_int8;
    if (fixed.has_value()) return true;
    if (!op->quant.same_scale || graph.node(at).inputs().empty() || graph.node(at).input(0) == ir::kNoValue)
      return false;
  }
  return false;
}

bool DebugView::IsResultOnly(int g, ir::ValueId id) const {
  const ir::Graph& graph = Quantized(g);
  return std::all_of(graph.uses(id).begin(), graph.uses(id).end(), [&](const ir::Use& use) {
    const ops::OpDef* op = ops::FindOp(graph.node(use.node).op());
    return op != nullptr && op->conversion != ops::Conversion::kNone &&
           graph.uses(graph.node(use.node).output()).empty();
  });
}

}  // namespace zeropoint::pipeline
