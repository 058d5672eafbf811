// Before: ADD(ADD(x, a), b)
// After:  ADD(x, a + b)
//
// Conditions: a and b float32 constants of one shape, or one of them a scalar; nothing else reads between, and no
// activation lies there.
// Algebra: (x + a) + b = x + (a + b) but for rounding. Products are left as they are, as TensorFlow's converter does.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> Merge(ir::Graph& graph, ir::NodeId id) {
  const ir::NodeId inner = SoleProducerOf(graph, graph.node(id).input(0), "ADD");
  if (inner == ir::kNoNode || graph.node(inner).attrs().Int("fused_activation_function") != 0) return false;
  const ir::ValueId a = graph.node(inner).input(1), b = graph.node(id).input(1);
  if (!IsConstant(graph, a) || !IsConstant(graph, b)) return false;
  if (graph.value(a).type != ElementType::kFloat32 || graph.value(b).type != ElementType::kFloat32) return false;
  const ir::Shape &inner_shape = graph.value(a).shape, &outer_shape = graph.value(b).shape;
  const bool inner_is_scalar = inner_shape.rank() == 0, outer_is_scalar = outer_shape.rank() == 0;
  if (inner_shape != outer_shape && !inner_is_scalar && !outer_is_scalar) return false;
  const std::vector<float> inner_terms = *ir::FloatElements(graph, a), outer_terms = *ir::FloatElements(graph, b);
  std::vector<float> merged(std::max(inner_terms.size(), outer_terms.size()));
  for (size_t i = 0; i < merged.size(); ++i) {
    merged[i] = inner_terms[inner_is_scalar ? 0 : i] + outer_terms[outer_is_scalar ? 0 : i];
  }
  const ir::ValueId constant = AddFloats(graph, absl::StrCat(graph.value(a).name, ";", graph.value(b).name),
                                         inner_is_scalar ? outer_shape : inner_shape, merged);
  graph.SetInputs(id, {graph.node(inner).input(0), constant});
  return true;
}

}  // namespace

absl::StatusOr<int> MergeConstants(ir::Graph& graph) {
  return RewriteEach(graph, "ADD", [&](ir::NodeId id) { return Merge(graph, id); });
}

}  // namespace zeropoint::passes
