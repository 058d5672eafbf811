// Before: 0.5 * x * (1 + tf.Erf(x * sqrt(1/2)))              After: GELU(x) {approximate = false}
// Before: 0.5 * x * tf.Erfc(-x * sqrt(1/2))                  After: GELU(x) {approximate = false}
// Before: 0.5 * x * (1 + TANH(sqrt(2/pi) * (x + 0.044715 * x^3)))   After: GELU(x) {approximate = true}
//
// The factors of the product may stand in any association. tf.Erf and tf.Erfc have no LiteRT form: alone they are
// reported as unsupported.
// Conditions: float32; the constants scalars within kTolerance. Middle values that something else reads stay for it.
// Algebra: the definition of GELU; 1 + erf(t) = erfc(-t).
#include <cmath>

#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"

namespace zeropoint::passes {
namespace {

constexpr float kTolerance = 1e-5f;
constexpr float kSqrtHalf = 0.70710678f;
constexpr float kSqrtTwoOverPi = 0.79788456f;
constexpr float kCubeFactor = 0.044715f;

bool Near(const ir::Graph& graph, ir::ValueId id, float expected) {
  auto element = ir::FloatScalar(graph, id);
  return element.has_value() && std::fabs(*element - expected) <= kTolerance;
}

// The other operand of `op`(other, constant near `expected`).
ir::ValueId Beside(const ir::Graph& graph, ir::ValueId id, absl::string_view op, float expected) {
  const ir::NodeId node = ProducerOf(graph, id, op);
  return node != ir::kNoNode && Near(graph, graph.node(node).input(1), expected) ? graph.node(node).input(0)
                                                                                 : ir::kNoValue;
}

bool IsNegated(const ir::Graph& graph, ir::ValueId id, ir::ValueId x) {
  const ir::NodeId neg = ProducerOf(graph, id, "NEG");
  return neg != ir::kNoNode && graph.node(neg).input(0) == x;
}

// x * sqrt(1/2), or with the opposite sign; x / sqrt(2) has become a product before.
bool IsScaled(const ir::Graph& graph, ir::ValueId id, ir::ValueId x, bool negated) {
  const ir::ValueId factor = Beside(graph, id, "MUL", kSqrtHalf);
  if (factor != ir::kNoValue) return negated ? IsNegated(graph, factor, x) : factor == x;
  return negated && Beside(graph, id, "MUL", -kSqrtHalf) == x;
}

// x^3, as POW(x, 3) or a product of three.
bool IsCube(const ir::Graph& graph, ir::ValueId id, ir::ValueId x) {
  const ir::NodeId pow = ProducerOf(graph, id, "POW");
  if (pow != ir::kNoNode) return graph.node(pow).input(0) == x && IsScalar(graph, graph.node(pow).input(1), 3.0);
  const ir::NodeId mul = ProducerOf(graph, id, "MUL");
  if (mul == ir::kNoNode) return false;
  const ir::ValueId a = graph.node(mul).input(0), b = graph.node(mul).input(1);
  const ir::ValueId square = a == x ? b : b == x ? a : ir::kNoValue;
  if (square == ir::kNoValue) return false;
  const ir::NodeId squared = ProducerOf(graph, square, "SQUARE");
  if (squared != ir::kNoNode) return graph.node(squared).input(0) == x;
  const ir::NodeId product = ProducerOf(graph, square, "MUL");
  return product != ir::kNoNode && graph.node(product).input(0) == x && graph.node(product).input(1) == x;
}

bool IsTanhGate(const ir::Graph& graph, ir::ValueId id, ir::ValueId x) {
  const ir::NodeId tanh = ProducerOf(graph, Beside(graph, id, "ADD", 1.0f), "TANH");
  if (tanh == ir::kNoNode) return false;
  const ir::NodeId sum = ProducerOf(graph, Beside(graph, graph.node(tanh).input(0), "MUL", kSqrtTwoOverPi), "ADD");
  if (sum == ir::kNoNode) return false;
  for (int i = 0; i < 2; ++i) {
    if (graph.node(sum).input(i) != x) continue;
    const ir::ValueId cube = Beside(graph, graph.node(sum).input(1 - i), "MUL", kCubeFactor);
    if (cube != ir::kNoValue && IsCube(graph, cube, x)) return true;
  }
  return false;
}

bool IsErfGate(const ir::Graph& graph, ir::ValueId id, ir::ValueId x) {
  const ir::NodeId erfc = ProducerOf(graph, id, "tf.Erfc");
  if (erfc != ir::kNoNode) return IsScaled(graph, graph.node(erfc).input(0), x, /*negated=*/true);
  const ir::NodeId erf = ProducerOf(graph, Beside(graph, id, "ADD", 1.0f), "tf.Erf");
  return erf != ir::kNoNode && IsScaled(graph, graph.node(erf).input(0), x, /*negated=*/false);
}

enum class Gate { kNone, kErf, kTanh };
Gate GateFor(const ir::Graph& graph, ir::ValueId gate, ir::ValueId x) {
  if (x == ir::kNoValue || gate == ir::kNoValue) return Gate::kNone;
  if (IsErfGate(graph, gate, x)) return Gate::kErf;
  return IsTanhGate(graph, gate, x) ? Gate::kTanh : Gate::kNone;
}

struct Match {
  ir::ValueId x = ir::kNoValue;
  Gate gate = Gate::kNone;
};

Match MatchGelu(const ir::Graph& graph, ir::NodeId id) {
  constexpr float kHalf = 0.5f;
  const ir::ValueId a = graph.node(id).input(0), b = graph.node(id).input(1);
  auto pair = [&](ir::ValueId p, ir::ValueId q) -> Match {
    if (Gate gate = GateFor(graph, q, p); gate != Gate::kNone) return {p, gate};
    return {q, GateFor(graph, p, q)};
  };
  if (Near(graph, b, kHalf)) {  // 0.5 * (x * gate)
    const ir::NodeId product = ProducerOf(graph, a, "MUL");
    return product == ir::kNoNode ? Match{} : pair(graph.node(product).input(0), graph.node(product).input(1));
  }
  for (auto [halved, other] : {std::pair(a, b), std::pair(b, a)}) {  // (0.5 * x) * gate, x * (0.5 * gate)
    const ir::ValueId factor = Beside(graph, halved, "MUL", kHalf);
    if (factor == ir::kNoValue) continue;
    if (Match match = pair(factor, other); match.gate != Gate::kNone) return match;
  }
  return {};
}

}  // namespace

absl::StatusOr<int> FuseGelu(ir::Graph& graph) {
  return RewriteEach(graph, "MUL", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const Match match = MatchGelu(graph, id);
    if (match.gate == Gate::kNone) return false;
    Become(graph, id, "GELU", {match.x}, Attrs({{"approximate", match.gate == Gate::kTanh}}));
    return true;
  });
}

}  // namespace zeropoint::passes
