// Before: y = tf.MatMul(a, b) {transpose_a, transpose_b}
// After:  y = BATCH_MATMUL(a, b) {adj_x, adj_y}
//
// Before: y = tf.BatchMatMul*(a, b) {adj_x, adj_y}
// After:  y = BATCH_MATMUL(a, b) {adj_x, adj_y}
//
// Algebra: the same product (float tensors: adjoint is transpose). Which products are FULLY_CONNECTED depends on shapes
// and constants that are known later: canonical/batch_mat_mul_to_fully_connected.cpp.
#include "passes/edit.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {

absl::StatusOr<int> LegalizeMatMul(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) {
    return node.op() == "tf.MatMul" || node.op() == "tf.BatchMatMul" || node.op() == "tf.BatchMatMulV2" ||
           node.op() == "tf.BatchMatMulV3";
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::Attributes& attrs = graph.node(id).attrs();
    const bool adj_x = attrs.Bool("transpose_a") || attrs.Bool("adj_x");
    const bool adj_y = attrs.Bool("transpose_b") || attrs.Bool("adj_y");
    Become(graph, id, "BATCH_MATMUL", {graph.node(id).input(0), graph.node(id).input(1)},
           Attrs({{"adj_x", adj_x}, {"adj_y", adj_y}, {"asymmetric_quantize_inputs", false}}));
    return true;
  });
}

}  // namespace zeropoint::passes
