// Before: y = tf.Relu(x)
// After:  y = RELU(x)
//
// For every TF op that a record of lib/ops claims as a form of its own, through the record's import of attributes.
// Conditions: the import accepts the node; what it refuses as unimplemented is left for ReportUnsupported.
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

bool IsTf(const ir::Node& node) { return absl::StartsWith(node.op(), ops::kTfPrefix); }

absl::StatusOr<bool> Import(ir::Graph& graph, ir::NodeId id) {
  auto match = ops::FindTfForm(absl::StripPrefix(graph.node(id).op(), ops::kTfPrefix));
  if (!match.has_value()) return false;
  if (match->form->import == nullptr) {
    graph.node(id).info.attrs = {};
  } else {
    absl::Status imported = match->form->import(graph, id);
    if (absl::IsUnimplemented(imported)) return false;
    ZP_RETURN_IF_ERROR(imported);
  }
  graph.node(id).info.op = std::string(match->op->name);
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeOneToOne(ir::Graph& graph) {
  return RewriteEachIf(graph, IsTf, [&](ir::NodeId id) { return Import(graph, id); });
}

}  // namespace zeropoint::passes
