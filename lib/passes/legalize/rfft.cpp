// Before: y = tf.RFFT(x, [n])
// After:  y = SQUEEZE(RFFT2D(EXPAND_DIMS(x, -2), [1, n]), {-2})
//
// Conditions: n is a constant.
// Algebra: a transform of length 1 along the new dimension is the identity.
#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> Rfft(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId x = graph.node(id).input(0);
  const std::optional<int64_t> length = ir::IntScalar(graph, graph.node(id).input(1));
  if (!length) return false;
  constexpr int64_t kBeforeLast = -2;
  const std::string name = graph.node(id).info.name;
  const ir::ValueId axis = AddInt(graph, absl::StrCat(name, "/axis"), kBeforeLast);
  const ir::ValueId lengths = AddInts(graph, absl::StrCat(name, "/lengths"), {1, *length});
  const ir::ValueId rows = Emit(graph, id, "EXPAND_DIMS", {x, axis});
  const ir::ValueId waves = Emit(graph, id, "RFFT2D", {rows, lengths}, {}, ElementType::kComplex64);
  Become(graph, id, "SQUEEZE", {waves}, Attrs({{"squeeze_dims", std::vector<int64_t>{kBeforeLast}}}));
  return true;
}

}  // namespace

absl::StatusOr<int> LegalizeRfft(ir::Graph& graph) {
  return RewriteEach(graph, "tf.RFFT", [&](ir::NodeId id) { return Rfft(graph, id); });
}

}  // namespace zeropoint::passes
