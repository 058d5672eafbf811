// Before: SQUEEZE(x), EXPAND_DIMS(x, axis), PACK(x) of one operand
// After:  RESHAPE(x, shape)
//
// Before: RESHAPE(x) {new_shape}, the form without an operand for the shape
// After:  RESHAPE(x, shape)
//
// Conditions: the result's shape is known, for SQUEEZE and PACK but for one dimension (-1 in the shape), for
// EXPAND_DIMS wholly, as TensorFlow's converter has it. Algebra: all keep the elements and their order.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<int> ToReshape(ir::Graph& graph, absl::string_view op, int most_unknown) {
  return RewriteEach(graph, op, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::Shape& shape = graph.value(graph.node(id).output()).shape;
    if (op == "PACK" && graph.node(id).inputs().size() != 1) return false;
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
absl::StatusOr<int> ReshapeByOperand(ir::Graph& graph) {
  return RewriteEach(graph, "RESHAPE", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::Node& node = graph.node(id);
    const std::vector<int64_t> dims = node.attrs().Ints("new_shape");
    if (node.inputs().size() != 1 || dims.empty()) return false;
    const ir::ValueId x = node.input(0);
    Become(graph, id, "RESHAPE", {x, AddInts(graph, absl::StrCat(node.info.name, "/shape"), dims)});
    return true;
  });
}

absl::StatusOr<int> PackToReshape(ir::Graph& graph) { return ToReshape(graph, "PACK", 1); }
absl::StatusOr<int> ExpandDimsToReshape(ir::Graph& graph) { return ToReshape(graph, "EXPAND_DIMS", 0); }

}  // namespace zeropoint::passes
