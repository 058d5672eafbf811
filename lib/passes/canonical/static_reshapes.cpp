// Before: SQUEEZE(x), EXPAND_DIMS(x, axis)
// After:  RESHAPE(x, shape)
//
// Conditions: the result's shape is known, for SQUEEZE but for one dimension (-1 in the shape), for EXPAND_DIMS wholly,
// as TensorFlow's converter has it. Algebra: all three keep the elements and their order.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<int> ToReshape(ir::Graph& graph, absl::string_view op, int most_unknown) {
  return RewriteEach(graph, op, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::Shape& shape = graph.value(graph.node(id).output()).shape;
    if (!shape.ranked() || std::count(shape.dims().begin(), shape.dims().end(), ir::kDynamic) > most_unknown) {
      return false;
    }
    ir::ValueId dims = AddInts(graph, absl::StrCat(graph.node(id).info.name, "/shape"), shape.dims());
    Become(graph, id, "RESHAPE", {graph.node(id).input(0), dims});
    return true;
  });
}

}  // namespace

absl::StatusOr<int> SqueezeToReshape(ir::Graph& graph) { return ToReshape(graph, "SQUEEZE", 1); }
absl::StatusOr<int> ExpandDimsToReshape(ir::Graph& graph) { return ToReshape(graph, "EXPAND_DIMS", 0); }

}  // namespace zeropoint::passes
