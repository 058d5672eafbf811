// Before: MUL(x, RSQRT(SUM(SQUARE(x), last axis) {keep_dims}))
//         MUL(x, RSQRT(MAXIMUM(SUM(...), epsilon))), MUL(x, RSQRT(ADD(SUM(...), epsilon)))
//         DIV(x, SQRT(...)) has become a product before.
// After:  L2_NORMALIZATION(x)
//
// Conditions: float32; the sum is over the last axis alone; epsilon a scalar below kMostEpsilon, because LiteRT's
// kernel has a fixed one of its own (1e-6); x has a known rank. Algebra: the definition, but for epsilon's exact place.
#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fuse/fuse.h"

namespace zeropoint::passes {
namespace {

// TensorFlow's converter fuses up to here.
constexpr float kMostEpsilon = 1e-3f;

// `sum` without the epsilon that keeps it from zero.
ir::ValueId WithoutEpsilon(const ir::Graph& graph, ir::ValueId sum) {
  for (absl::string_view op : {"MAXIMUM", "ADD"}) {
    const ir::NodeId node = ProducerOf(graph, sum, op);
    if (node == ir::kNoNode) continue;
    const auto epsilon = ir::FloatScalar(graph, graph.node(node).input(1));
    return epsilon.has_value() && *epsilon >= 0.0f && *epsilon < kMostEpsilon ? graph.node(node).input(0)
                                                                              : ir::kNoValue;
  }
  return sum;
}

bool SumsLastAxis(const ir::Graph& graph, ir::NodeId sum, const ir::Shape& shape) {
  const auto axis = ir::IntScalar(graph, graph.node(sum).input(1));
  return axis.has_value() && (*axis == -1 || *axis == shape.rank() - 1) && graph.node(sum).attrs().Bool("keep_dims");
}

bool IsInverseNorm(const ir::Graph& graph, ir::ValueId factor, ir::ValueId x) {
  const ir::Shape& shape = graph.value(x).shape;
  const ir::NodeId rsqrt = SoleProducerOf(graph, factor, "RSQRT");
  if (rsqrt == ir::kNoNode || !shape.ranked()) return false;
  const ir::NodeId sum = ProducerOf(graph, WithoutEpsilon(graph, graph.node(rsqrt).input(0)), "SUM");
  if (sum == ir::kNoNode || !SumsLastAxis(graph, sum, shape)) return false;
  const ir::NodeId square = ProducerOf(graph, graph.node(sum).input(0), "SQUARE");
  return square != ir::kNoNode && graph.node(square).input(0) == x;
}

}  // namespace

absl::StatusOr<int> FuseL2Normalization(ir::Graph& graph) {
  return RewriteEach(graph, "MUL", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    for (int i = 0; i < 2; ++i) {
      const ir::ValueId x = graph.node(id).input(i);
      if (graph.value(x).type != ElementType::kFloat32 ||
          graph.node(id).attrs().Int("fused_activation_function") != 0 ||
          !IsInverseNorm(graph, graph.node(id).input(1 - i), x)) {
        continue;
      }
      Become(graph, id, "L2_NORMALIZATION", {x}, Attrs({{"fused_activation_function", int64_t{0}}}));
      return true;
    }
    return false;
  });
}

}  // namespace zeropoint::passes
