// Before: ADD(ADD(x, a), b), MUL(MUL(x, a), b)
// After:  ADD(x, a + b), MUL(x, a * b)
//
// Conditions: a and b float32 constants of one shape; nothing else reads between, and no activation lies there.
// Algebra: (x + a) + b = x + (a + b) but for rounding, likewise the products.
#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> Merge(ir::Graph& graph, ir::NodeId id) {
  const std::string op = graph.node(id).op();
  const ir::NodeId inner = SoleProducerOf(graph, graph.node(id).input(0), op);
  if (inner == ir::kNoNode || graph.node(inner).attrs().Int("fused_activation_function") != 0) return false;
  const ir::ValueId a = graph.node(inner).input(1), b = graph.node(id).input(1);
  if (!IsConstant(graph, a) || !IsConstant(graph, b) || graph.value(a).shape != graph.value(b).shape) return false;
  if (graph.value(a).type != ElementType::kFloat32 || graph.value(b).type != ElementType::kFloat32) return false;
  std::vector<float> merged = *ir::FloatElements(graph, a);
  const std::vector<float> outer = *ir::FloatElements(graph, b);
  for (size_t i = 0; i < merged.size(); ++i) merged[i] = op == "ADD" ? merged[i] + outer[i] : merged[i] * outer[i];
  const ir::ValueId constant =
      AddFloats(graph, absl::StrCat(graph.value(a).name, ";", graph.value(b).name), graph.value(a).shape, merged);
  graph.SetInputs(id, {graph.node(inner).input(0), constant});
  return true;
}

}  // namespace

absl::StatusOr<int> MergeConstants(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return node.op() == "ADD" || node.op() == "MUL"; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return Merge(graph, id); });
}

}  // namespace zeropoint::passes
