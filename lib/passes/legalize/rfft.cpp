// Before: y = tf.RFFT(x, [n])
// After:  y = SQUEEZE(RFFT2D(EXPAND_DIMS(x, -2), [1, n]), {-2})
//
// Conditions: n is a vector of one element, constant or not; where it is not, LiteRT wants it to be a power of 2 when
// the model runs. Algebra: a transform of length 1 along the new dimension is the identity.
#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> Rfft(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId x = graph.node(id).input(0);
  const ir::ValueId given = graph.node(id).input(1);
  const std::optional<int64_t> length = ir::IntScalar(graph, given);
  constexpr int64_t kBeforeLast = -2;
  const std::string name = graph.node(id).info.name;
  const ir::ValueId axis = AddInt(graph, absl::StrCat(name, "/axis"), kBeforeLast);
  const ir::ValueId one = AddInts(graph, absl::StrCat(name, "/one"), {1});
  const ir::ValueId lengths = length ? AddInts(graph, absl::StrCat(name, "/lengths"), {1, *length})
                                     : Emit(graph, id, "CONCATENATION", {one, given},
                                            Attrs({{"axis", int64_t{0}}, {"fused_activation_function", int64_t{0}}}));
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
