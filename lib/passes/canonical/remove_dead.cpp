// Before: y = OP(x), nobody reads y
// After:  nothing
//
// Conditions: the op's record says that it has no effects beyond its results. TF nodes that write state and custom ops
// are kept.
#include <algorithm>

#include "absl/strings/match.h"
#include "ops/op_def.h"
#include "passes/canonical/canonical.h"
#include "passes/canonical/effects.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kTfEffects[] = {
    "tf.AssignVariableOp",        "tf.AssignAddVariableOp", "tf.AssignSubVariableOp",
    "tf.StatefulPartitionedCall", "tf.LookupTableImportV2", "tf.InitializeTableV2",
};

}  // namespace

bool HasEffects(const ir::Node& node) {
  if (absl::StartsWith(node.op(), ops::kTfPrefix)) {
    return std::find(std::begin(kTfEffects), std::end(kTfEffects), node.op()) != std::end(kTfEffects);
  }
  const ops::OpDef* def = ops::FindOp(node.op());
  return def == nullptr || def->has_side_effects;
}

absl::StatusOr<int> RemoveDead(ir::Graph& graph) { return graph.RemoveDeadNodes(HasEffects); }

}  // namespace zeropoint::passes
