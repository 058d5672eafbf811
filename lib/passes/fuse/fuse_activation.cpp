// Before: RELU(OP(x)) {OP: fused_activation_function = NONE}
// After:  OP(x) {fused_activation_function = RELU}
//
// Conditions: OP's record says that it absorbs activations, the other's that it is one; nothing else reads between. A
// TRANSPOSE_CONV without a bias operand stays as it is, as with TensorFlow's converter: old runtimes know only that
// form. Algebra: the kernels clamp the same value before storing it.
#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"
#include "passes/fuse/weighted.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kActivation = "fused_activation_function";

const ops::OpDef* ActivationRecord(const ir::Node& node) {
  const ops::OpDef* def = ops::FindOp(node.op());
  return def != nullptr && def->fused_activation != 0 ? def : nullptr;
}

absl::StatusOr<bool> Fuse(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId in = graph.node(id).input(0);
  const ir::NodeId producer = graph.producer(in);
  if (producer == ir::kNoNode || SoleReader(graph, in) == ir::kNoNode) return false;
  const ops::OpDef* def = ops::FindOp(graph.node(producer).op());
  if (def == nullptr || !def->absorbs_activation || graph.node(producer).outputs().size() != 1) return false;
  if (graph.node(producer).attrs().Int(kActivation) != 0) return false;
  const Weighted* form = FindWeighted(graph.node(producer).op());
  if (form != nullptr && static_cast<int>(graph.node(producer).inputs().size()) <= form->bias) return false;
  if (graph.value(in).type != ElementType::kFloat32) return false;
  graph.node(producer).info.attrs.Set(kActivation, int64_t{ActivationRecord(graph.node(id))->fused_activation});
  TakeOverResult(graph, producer, id);
  return true;
}

}  // namespace

absl::StatusOr<int> FuseActivation(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return ActivationRecord(node) != nullptr; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return Fuse(graph, id); });
}

}  // namespace zeropoint::passes
