// Before: DIV(x, c)
// After:  MUL(x, 1/c)
//
// Conditions: c is a float32 constant without zeros. Algebra: x/c and x*(1/c) differ by one rounding, as TensorFlow's
// converter accepts; a convolution that absorbs the factor then has TensorFlow's very weights.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {

absl::StatusOr<int> DivideByConstant(ir::Graph& graph) {
  return RewriteEach(graph, "DIV", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::ValueId x = graph.node(id).input(0), divisor = graph.node(id).input(1);
    if (IsConstant(graph, x) || graph.value(divisor).type != ElementType::kFloat32) return false;
    auto elements = ir::FloatElements(graph, divisor);
    if (!elements.has_value() || std::count(elements->begin(), elements->end(), 0.0f) > 0) return false;
    for (float& element : *elements) element = 1.0f / element;
    ir::ValueId factor =
        AddFloats(graph, absl::StrCat(graph.value(divisor).name, "/reciprocal"), graph.value(divisor).shape, *elements);
    graph.node(id).info.op = "MUL";
    graph.SetInput(id, 1, factor);
    return true;
  });
}

}  // namespace zeropoint::passes
