#include "calibrate/in_place.h"

#include "ops/op_def.h"

namespace zeropoint::calibrate {
namespace {

// The interpreter does not trouble with tensors of one number.
constexpr size_t kScalarBytes = 4;

// Computed, and so in memory that the interpreter may reuse.
bool IsComputed(const ir::Graph& graph, ir::ValueId id) { return id != ir::kNoValue && graph.producer(id) != ir::kNoNode; }

// The value whose memory `id` has: views share that of what they view.
ir::ValueId Owner(const ir::Graph& graph, ir::ValueId id) {
  while (!graph.IsGraphOutput(id)) {
    const ir::Node& node = graph.node(graph.producer(id));
    const ops::OpDef* op = ops::FindOp(node.op());
    if (op == nullptr || !op->is_view || !IsComputed(graph, node.input(0))) break;
    id = node.input(0);
  }
  return id;
}

}  // namespace

ir::ValueId OverwrittenOperand(const ir::Graph& graph, ir::ValueId id, absl::Span<const size_t> bytes) {
  const ir::NodeId producer = graph.producer(id);
  if (producer == ir::kNoNode || graph.IsGraphOutput(id)) return ir::kNoValue;
  const ir::Node& node = graph.node(producer);
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr || !op->overwrites_operand || node.output() != id) return ir::kNoValue;
  const size_t size = bytes[static_cast<size_t>(id)];
  for (ir::ValueId operand : node.inputs()) {
    if (!IsComputed(graph, operand) || graph.NumUses(operand) > 1) continue;
    if (bytes[static_cast<size_t>(operand)] != size || size <= kScalarBytes) continue;
    return graph.NumUses(Owner(graph, operand)) > 1 ? ir::kNoValue : operand;
  }
  return ir::kNoValue;
}

}  // namespace zeropoint::calibrate
