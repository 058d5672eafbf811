// Before: ADD(RESHAPE(x, [1, ..., 1, dims of x]), y), either operand; and SUB, MUL, DIV, MINIMUM, MAXIMUM
// After:  ADD(x, y)
//
// Conditions: static shapes; y has at least as many dimensions as the reshaped x. It runs after the passes that look
// for operands of one shape. Algebra: broadcasting puts the ones in front by itself.
#include <algorithm>

#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kBroadcasting[] = {"ADD", "SUB", "MUL", "DIV", "MINIMUM", "MAXIMUM"};

bool AddsLeadingOnes(const ir::Shape& from, const ir::Shape& to) {
  if (!from.ranked() || !to.ranked() || !from.IsStatic() || !to.IsStatic() || to.rank() <= from.rank()) return false;
  const int ones = to.rank() - from.rank();
  return std::all_of(to.dims().begin(), to.dims().begin() + ones, [](int64_t dim) { return dim == 1; }) &&
         std::equal(from.dims().begin(), from.dims().end(), to.dims().begin() + ones);
}

absl::StatusOr<bool> DropOnes(ir::Graph& graph, ir::NodeId id) {
  if (graph.node(id).inputs().size() != 2) return false;
  for (int i = 0; i < 2; ++i) {
    const ir::ValueId moved = graph.node(id).input(i);
    const ir::NodeId reshape = ProducerOf(graph, moved, "RESHAPE");
    const ir::Shape& other = graph.value(graph.node(id).input(1 - i)).shape;
    if (reshape == ir::kNoNode || !other.ranked()) continue;
    const ir::ValueId x = graph.node(reshape).input(0);
    const ir::Shape& shape = graph.value(moved).shape;
    if (!AddsLeadingOnes(graph.value(x).shape, shape) || other.rank() < shape.rank()) continue;
    graph.SetInput(id, i, x);
    return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<int> DropLeadingOnes(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) {
    return std::find(std::begin(kBroadcasting), std::end(kBroadcasting), node.op()) != std::end(kBroadcasting);
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) { return DropOnes(graph, id); });
}

}  // namespace zeropoint::passes
