// Before: BATCH_MATMUL(TRANSPOSE(x), y) {adj_x}, the TRANSPOSE swapping the last two dimensions   (likewise y)
// After:  BATCH_MATMUL(x, y) {not adj_x}
//
// Conditions: nothing else reads the TRANSPOSE. Algebra: that is what adj_x and adj_y say of real matrices.
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"

namespace zeropoint::passes {
namespace {

bool SwapsLastTwo(const ir::Graph& graph, ir::NodeId transpose) {
  const auto perm = ir::IntElements(graph, graph.node(transpose).input(1));
  if (!perm.has_value() || perm->size() < 2) return false;
  const size_t rank = perm->size();
  for (size_t i = 0; i + 2 < rank; ++i) {
    if ((*perm)[i] != static_cast<int64_t>(i)) return false;
  }
  return (*perm)[rank - 2] == static_cast<int64_t>(rank - 1) && (*perm)[rank - 1] == static_cast<int64_t>(rank - 2);
}

}  // namespace

absl::StatusOr<int> FuseTransposeIntoBatchMatMul(ir::Graph& graph) {
  return RewriteEach(graph, "BATCH_MATMUL", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    bool applied = false;
    constexpr absl::string_view kAdjoint[] = {"adj_x", "adj_y"};
    for (int i = 0; i < 2; ++i) {
      const ir::NodeId transpose = SoleProducerOf(graph, graph.node(id).input(i), "TRANSPOSE");
      if (transpose == ir::kNoNode || !SwapsLastTwo(graph, transpose)) continue;
      graph.SetInput(id, i, graph.node(transpose).input(0));
      ir::Attributes& attrs = graph.node(id).info.attrs;
      attrs.Set(kAdjoint[i], !attrs.Bool(kAdjoint[i]));
      applied = true;
    }
    return applied;
  });
}

}  // namespace zeropoint::passes
