// Before: x * relu6(x + 3) * (1/6), the three factors in any association
// After:  HARD_SWISH(x)
//
// Conditions: float32; the constants scalars (1/6 within kTolerance: converters spell it in several ways). Middle
// values that something else reads stay for it. Algebra: the definition.
#include <cmath>

#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"

namespace zeropoint::passes {
namespace {

constexpr float kSixth = 1.0f / 6.0f;
constexpr float kTolerance = 1e-6f;

bool IsSixth(const ir::Graph& graph, ir::ValueId id) {
  auto element = ir::FloatScalar(graph, id);
  return element.has_value() && std::fabs(*element - kSixth) <= kTolerance;
}

// x when the value is relu6(x + 3); kNoValue otherwise.
ir::ValueId GateOf(const ir::Graph& graph, ir::ValueId id) {
  const ir::NodeId relu6 = ProducerOf(graph, id, "RELU6");
  if (relu6 == ir::kNoNode) return ir::kNoValue;
  const ir::NodeId add = ProducerOf(graph, graph.node(relu6).input(0), "ADD");
  if (add == ir::kNoNode || !IsScalar(graph, graph.node(add).input(1), 3.0)) return ir::kNoValue;
  return graph.node(add).input(0);
}

// The other factor when the value is MUL(factor, 1/6).
ir::ValueId SixthOf(const ir::Graph& graph, ir::ValueId id) {
  const ir::NodeId mul = ProducerOf(graph, id, "MUL");
  return mul != ir::kNoNode && IsSixth(graph, graph.node(mul).input(1)) ? graph.node(mul).input(0) : ir::kNoValue;
}

// x when {a, b} are {x, relu6(x + 3)}.
ir::ValueId Gated(const ir::Graph& graph, ir::ValueId a, ir::ValueId b) {
  if (a != ir::kNoValue && GateOf(graph, b) == a) return a;
  if (b != ir::kNoValue && GateOf(graph, a) == b) return b;
  return ir::kNoValue;
}

ir::ValueId MatchHardSwish(const ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId a = graph.node(id).input(0), b = graph.node(id).input(1);
  if (IsSixth(graph, b)) {  // (x * gate) / 6
    const ir::NodeId product = ProducerOf(graph, a, "MUL");
    if (product == ir::kNoNode) return ir::kNoValue;
    return Gated(graph, graph.node(product).input(0), graph.node(product).input(1));
  }
  for (auto [scaled, other] : {std::pair(a, b), std::pair(b, a)}) {  // (x / 6) * gate, x * (gate / 6)
    const ir::ValueId factor = SixthOf(graph, scaled);
    if (factor == ir::kNoValue) continue;
    const ir::ValueId x = Gated(graph, factor, other);
    if (x != ir::kNoValue) return x;
  }
  return ir::kNoValue;
}

}  // namespace

absl::StatusOr<int> FuseHardSwish(ir::Graph& graph) {
  return RewriteEach(graph, "MUL", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    if (graph.value(graph.node(id).output()).type != ElementType::kFloat32) return false;
    const ir::ValueId x = MatchHardSwish(graph, id);
    if (x == ir::kNoValue) return false;
    Become(graph, id, "HARD_SWISH", {x});
    return true;
  });
}

}  // namespace zeropoint::passes
