// Before: BATCH_MATMUL(x, w) {adj_x, adj_y}, w a constant matrix
// After:  FULLY_CONNECTED(x, TRANSPOSE(w), -) {keep_num_dims = rank of x > 2}
//         adj_y: w as it is; adj_x: x TRANSPOSEd before.
//
// Before: BATCH_MATMUL(w, x), w a constant matrix and x a matrix
// After:  TRANSPOSE(FULLY_CONNECTED(TRANSPOSE(x), w, -))
//
// Before: FULLY_CONNECTED(RESHAPE(x), w, b), the RESHAPE joining leading dimensions of x
// After:  FULLY_CONNECTED(x, w, b)
//
// Before: RESHAPE(FULLY_CONNECTED(x, w, b)), giving x's leading dimensions back
// After:  FULLY_CONNECTED(x, w, b) {keep_num_dims}
//
// Conditions: ranks known; the two about RESHAPE: static shapes; the last: nothing else reads the middle.
// Algebra: FULLY_CONNECTED multiplies rows of x with rows of its weights; x w = (w^T x^T)^T.
#include <numeric>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

ir::Attributes FullyConnectedAttrs(bool keep_num_dims) {
  return Attrs({{"fused_activation_function", int64_t{0}},
                {"weights_format", int64_t{0}},
                {"keep_num_dims", keep_num_dims},
                {"asymmetric_quantize_inputs", false}});
}

bool ConstantMatrix(const ir::Graph& graph, ir::ValueId id) {
  return IsConstant(graph, id) && graph.value(id).shape.rank() == 2 && graph.value(id).type == ElementType::kFloat32;
}

ir::ValueId SwapLastTwo(ir::Graph& graph, ir::NodeId id, ir::ValueId x) {
  std::vector<int64_t> perm(static_cast<size_t>(graph.value(x).shape.rank()));
  std::iota(perm.begin(), perm.end(), 0);
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return EmitTranspose(graph, id, x, perm);
}

absl::StatusOr<bool> FromBatchMatMul(ir::Graph& graph, ir::NodeId id) {
  const bool adj_x = graph.node(id).attrs().Bool("adj_x"), adj_y = graph.node(id).attrs().Bool("adj_y");
  const ir::ValueId a = graph.node(id).input(0), b = graph.node(id).input(1);
  const ir::Shape& a_shape = graph.value(a).shape;
  const ir::Shape& b_shape = graph.value(b).shape;
  if (!a_shape.ranked() || !b_shape.ranked() || a_shape.rank() < 2 || b_shape.rank() < 2) return false;
  if (ConstantMatrix(graph, b) && !IsConstant(graph, a)) {
    const bool keep = a_shape.rank() > 2;
    ir::ValueId rows = adj_x ? SwapLastTwo(graph, id, a) : a;
    ir::ValueId weights = adj_y ? b : EmitTranspose(graph, id, b, {1, 0});
    Become(graph, id, "FULLY_CONNECTED", {rows, weights, ir::kNoValue}, FullyConnectedAttrs(keep));
    return true;
  }
  if (ConstantMatrix(graph, a) && b_shape.rank() == 2 && !IsConstant(graph, b)) {
    ir::ValueId rows = adj_y ? b : EmitTranspose(graph, id, b, {1, 0});
    ir::ValueId weights = adj_x ? EmitTranspose(graph, id, a, {1, 0}) : a;
    ir::ValueId product = Emit(graph, id, "FULLY_CONNECTED", {rows, weights, ir::kNoValue}, FullyConnectedAttrs(false));
    ir::ValueId perm = AddInts(graph, absl::StrCat(graph.node(id).info.name, "/perm"), {1, 0});
    Become(graph, id, "TRANSPOSE", {product, perm});
    return true;
  }
  return false;
}

bool Static(const ir::Graph& graph, ir::ValueId id) {
  return graph.value(id).shape.ranked() && graph.value(id).shape.IsStatic() && graph.value(id).shape.rank() >= 1;
}

// FULLY_CONNECTED(RESHAPE(x)) reads x.
bool SkipReshapeBefore(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId flat = graph.node(id).input(0);
  ir::NodeId reshape = ProducerOf(graph, flat, "RESHAPE");
  if (reshape == ir::kNoNode || graph.node(id).attrs().Bool("keep_num_dims")) return false;
  const ir::ValueId x = graph.node(reshape).input(0);
  if (!Static(graph, x) || !Static(graph, flat)) return false;
  const ir::Shape& from = graph.value(x).shape;
  const ir::Shape& to = graph.value(flat).shape;
  if (to.rank() != 2 || from[from.rank() - 1] != to[1]) return false;
  graph.SetInput(id, 0, x);
  return true;
}

// RESHAPE(FULLY_CONNECTED(x)) becomes the FULLY_CONNECTED.
bool AbsorbReshapeAfter(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId product = graph.node(id).output();
  const ir::NodeId reshape = SoleReader(graph, product);
  if (reshape == ir::kNoNode || graph.node(reshape).op() != "RESHAPE" || graph.node(reshape).input(0) != product) {
    return false;
  }
  const ir::ValueId x = graph.node(id).input(0), result = graph.node(reshape).output();
  if (!Static(graph, x) || !Static(graph, result) || !Static(graph, product)) return false;
  ir::Shape expected = graph.value(x).shape;
  const ir::Shape& rows = graph.value(product).shape;
  expected.set(expected.rank() - 1, rows[rows.rank() - 1]);
  const ir::Shape& weights = graph.value(graph.node(id).input(1)).shape;
  if (weights.rank() != 2 || graph.value(x).shape[expected.rank() - 1] != weights[1]) return false;
  if (expected.rank() <= 2 || graph.value(result).shape != expected) return false;
  graph.RemoveNode(reshape);
  graph.SetOutputs(id, {result});
  graph.node(id).info.attrs.Set("keep_num_dims", true);
  return true;
}

}  // namespace

absl::StatusOr<int> BatchMatMulToFullyConnected(ir::Graph& graph) {
  return RewriteEach(graph, "BATCH_MATMUL", [&](ir::NodeId id) { return FromBatchMatMul(graph, id); });
}

absl::StatusOr<int> RemoveReshapesAroundFullyConnected(ir::Graph& graph) {
  return RewriteEach(graph, "FULLY_CONNECTED", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const bool before = SkipReshapeBefore(graph, id);
    const bool after = AbsorbReshapeAfter(graph, id);
    return before || after;
  });
}

}  // namespace zeropoint::passes
