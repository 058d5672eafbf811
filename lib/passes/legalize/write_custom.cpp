// Before: y = tf.Betainc(a, b, x) {T=0}
// After:  y = custom.Betainc(a, b, x) {T=0}
//
// For every TF node that is left when all that has a LiteRT form has it; only where the user allows custom ops. The
// attributes stay, for the writer to spell as the op's options; but for types that LiteRT does not have.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

bool IsTf(const ir::Node& node) { return absl::StartsWith(node.op(), ops::kTfPrefix); }

// Such a type has the code -1, and TensorFlow's name for it in a second attribute (saved_model/node_attributes.h).
void RemoveForeignTypes(ir::Attributes& attrs) {
  constexpr absl::string_view kTfName = ".tf";
  std::vector<std::string> names;
  for (const auto& [name, value] : attrs.all()) {
    if (absl::EndsWith(name, kTfName)) names.emplace_back(absl::StripSuffix(name, kTfName));
  }
  for (const std::string& name : names) {
    attrs.Remove(name);
    attrs.Remove(absl::StrCat(name, kTfName));
  }
}

}  // namespace

absl::StatusOr<int> WriteCustom(ir::Graph& graph) {
  return RewriteEachIf(graph, IsTf, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    ir::NodeInfo& info = graph.node(id).info;
    info.op = absl::StrCat(ops::kCustomPrefix, absl::StripPrefix(info.op, ops::kTfPrefix));
    RemoveForeignTypes(info.attrs);
    return true;
  });
}

}  // namespace zeropoint::passes
