// Before: RESHAPE(m, shape), m = RESHAPE, SQUEEZE or EXPAND_DIMS of x
// After:  RESHAPE(x, shape)
//
// Before: TRANSPOSE(TRANSPOSE(x, p), q)
// After:  TRANSPOSE(x, p[q])
//
// Before: TRANSPOSE(x, p), where p moves only dimensions of size 1
// After:  RESHAPE(x, shape)
//
// Before: PACK(UNPACK(x)) with all results in order, along one axis
// After:  x
//
// Before: RESHAPE(SUM(x, axes) {keep_dims false}, shape), shape that of x with 1 in the place of each axis
// After:  SUM(x, axes) {keep_dims true}; likewise MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL
//
// Before: CONCATENATION(x, c), c without elements
// After:  CONCATENATION(x)
//
// Conditions: permutations constant; nothing else reads the sum; the third form: the result's shape known but for one
// dimension. Algebra: result dimension i of the second TRANSPOSE is dimension q[i] of the first's, that is p[q[i]] of
// x. Elements keep their order when the dimensions larger than 1 keep theirs.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

absl::StatusOr<bool> MergeReshape(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId in = graph.node(id).input(0);
  for (absl::string_view op : {"RESHAPE", "SQUEEZE", "EXPAND_DIMS"}) {
    ir::NodeId inner = ProducerOf(graph, in, op);
    if (inner == ir::kNoNode) continue;
    graph.SetInput(id, 0, graph.node(inner).input(0));
    return true;
  }
  return false;
}

// The order of the dimensions that are not of size 1 is kept.
bool KeepsElementOrder(const ir::Shape& shape, absl::Span<const int64_t> perm) {
  int64_t last = -1;
  for (int64_t axis : perm) {
    if (shape[static_cast<int>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

absl::StatusOr<bool> MergeTranspose(ir::Graph& graph, ir::NodeId id) {
  auto perm = ir::IntElements(graph, graph.node(id).input(1));
  const ir::Shape& shape = graph.value(graph.node(id).input(0)).shape;
  if (!perm.has_value() || !shape.ranked() || shape.rank() != static_cast<int>(perm->size())) return false;
  const auto rank = static_cast<int64_t>(perm->size());
  if (!std::all_of(perm->begin(), perm->end(), [&](int64_t axis) { return axis >= 0 && axis < rank; })) return false;

  ir::NodeId inner = ProducerOf(graph, graph.node(id).input(0), "TRANSPOSE");
  auto inner_perm = inner == ir::kNoNode ? std::nullopt : ir::IntElements(graph, graph.node(inner).input(1));
  if (inner_perm.has_value() && inner_perm->size() == perm->size()) {
    for (int64_t& axis : *perm) axis = (*inner_perm)[static_cast<size_t>(axis)];
    ir::ValueId merged = AddInts(graph, absl::StrCat(graph.node(id).info.name, "/perm"), *perm);
    graph.SetInputs(id, {graph.node(inner).input(0), merged});
    return true;
  }

  const ir::Shape& result = graph.value(graph.node(id).output()).shape;
  const bool identity = std::is_sorted(perm->begin(), perm->end());  // another pass removes it
  if (identity || !KeepsElementOrder(shape, *perm) || !result.ranked()) return false;
  if (std::count(result.dims().begin(), result.dims().end(), ir::kDynamic) > 1) return false;
  ir::ValueId dims = AddInts(graph, absl::StrCat(graph.node(id).info.name, "/shape"), result.dims());
  Become(graph, id, "RESHAPE", {graph.node(id).input(0), dims});
  return true;
}

constexpr absl::string_view kReductions[] = {"SUM",         "MEAN",       "REDUCE_MAX", "REDUCE_MIN",
                                             "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL"};

// What a reduction with keep_dims gives, where its axes are constant.
std::optional<std::vector<int64_t>> KeptShape(const ir::Graph& graph, const ir::Node& reduction) {
  const ir::Shape& shape = graph.value(reduction.input(0)).shape;
  const auto axes = ir::IntElements(graph, reduction.input(1));
  if (!shape.ranked() || !axes.has_value()) return std::nullopt;
  std::vector<int64_t> dims(shape.dims().begin(), shape.dims().end());
  const auto rank = static_cast<int64_t>(dims.size());
  for (int64_t axis : *axes) {
    if (axis < -rank || axis >= rank) return std::nullopt;
    dims[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = 1;
  }
  return dims;
}

absl::StatusOr<bool> MergeReduction(ir::Graph& graph, ir::NodeId id) {
  for (absl::string_view op : kReductions) {
    const ir::NodeId inner = SoleProducerOf(graph, graph.node(id).input(0), op);
    if (inner == ir::kNoNode || graph.node(inner).attrs().Bool("keep_dims")) continue;
    const auto kept = KeptShape(graph, graph.node(inner));
    const ir::Shape& result = graph.value(graph.node(id).output()).shape;
    // One unknown dimension is the same in both, because the elements are as many.
    if (!kept.has_value() || !result.ranked() || ir::Shape(*kept) != result) return false;
    if (std::count(kept->begin(), kept->end(), ir::kDynamic) > 1) return false;
    ir::Attributes attrs = graph.node(inner).attrs();
    attrs.Set("keep_dims", true);
    const std::vector<ir::ValueId> operands(graph.node(inner).inputs().begin(), graph.node(inner).inputs().end());
    Become(graph, id, op, operands, std::move(attrs));
    return true;
  }
  return false;
}

absl::StatusOr<bool> DropEmpty(ir::Graph& graph, ir::NodeId id) {
  std::vector<ir::ValueId> kept;
  for (ir::ValueId part : graph.node(id).inputs()) {
    const ir::Value& value = graph.value(part);
    if (!value.is_constant || value.shape.NumElements() != 0) kept.push_back(part);
  }
  if (kept.empty() || kept.size() == graph.node(id).inputs().size()) return false;
  graph.SetInputs(id, std::move(kept));
  return true;
}

absl::StatusOr<bool> MergePack(ir::Graph& graph, ir::NodeId id) {
  const ir::NodeId unpack = ProducerOf(graph, graph.node(id).input(0), "UNPACK");
  if (unpack == ir::kNoNode || graph.node(unpack).outputs() != graph.node(id).inputs()) return false;
  if (graph.node(unpack).attrs().Int("axis") != graph.node(id).attrs().Int("axis")) return false;
  const ir::ValueId x = graph.node(unpack).input(0);
  if (graph.IsGraphOutput(graph.node(id).output()) && graph.producer(x) == ir::kNoNode) return false;
  Forward(graph, id, {x});
  return true;
}

}  // namespace

absl::StatusOr<int> MergeMoves(ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(int reshapes,
                      RewriteEach(graph, "RESHAPE", [&](ir::NodeId id) { return MergeReshape(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int reductions,
                      RewriteEach(graph, "RESHAPE", [&](ir::NodeId id) { return MergeReduction(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int parts,
                      RewriteEach(graph, "CONCATENATION", [&](ir::NodeId id) { return DropEmpty(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int transposes,
                      RewriteEach(graph, "TRANSPOSE", [&](ir::NodeId id) { return MergeTranspose(graph, id); }));
  ZP_ASSIGN_OR_RETURN(int packs, RewriteEach(graph, "PACK", [&](ir::NodeId id) { return MergePack(graph, id); }));
  return reshapes + reductions + parts + transposes + packs;
}

}  // namespace zeropoint::passes
