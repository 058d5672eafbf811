// Before: RESHAPE(x, shape) and others with an int64 constant of indices
// After:  the same with an int32 constant
//
// Conditions: the op takes int32 there and each element fits. int64 results (of ARG_MAX, SHAPE ...) are not touched.
// Where the op's kernel takes nothing but int32, indices that are no constant go through a CAST.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

struct Row {
  absl::string_view op;
  int first, last;  // operands that hold indices
  bool takes_int32_only = false;
};
constexpr Row kRows[] = {
    {"RESHAPE", 1, 1},
    {"TRANSPOSE", 1, 1},
    {"PAD", 1, 1},
    {"PADV2", 1, 1},
    {"MIRROR_PAD", 1, 1},
    {"SLICE", 1, 2},
    {"STRIDED_SLICE", 1, 3},
    {"TILE", 1, 1},
    {"BROADCAST_TO", 1, 1},
    {"EXPAND_DIMS", 1, 1},
    {"FILL", 0, 0},
    {"MEAN", 1, 1},
    {"SUM", 1, 1},
    {"REDUCE_PROD", 1, 1},
    {"REDUCE_MAX", 1, 1},
    {"REDUCE_MIN", 1, 1},
    {"REDUCE_ANY", 1, 1},
    {"REDUCE_ALL", 1, 1},
    {"ARG_MAX", 1, 1},
    {"ARG_MIN", 1, 1},
    {"SPLIT", 0, 0},
    {"SPLIT_V", 1, 2},
    {"SPACE_TO_BATCH_ND", 1, 2},
    {"BATCH_TO_SPACE_ND", 1, 2},
    {"REVERSE_V2", 1, 1},
    {"CUMSUM", 1, 1},
    {"TRANSPOSE_CONV", 0, 0},
    {"RESIZE_BILINEAR", 1, 1},
    {"RESIZE_NEAREST_NEIGHBOR", 1, 1},
    {"CONV_3D_TRANSPOSE", 0, 0, true},
    {"TOPK_V2", 1, 1, true},
    {"SCATTER_ND", 0, 2, true},
    {"SEGMENT_SUM", 1, 1, true},
    {"UNSORTED_SEGMENT_SUM", 1, 2, true},
    {"UNSORTED_SEGMENT_PROD", 1, 2, true},
    {"UNSORTED_SEGMENT_MAX", 1, 2, true},
    {"UNSORTED_SEGMENT_MIN", 1, 2, true},
};

const Row* FindRow(absl::string_view op) {
  auto at = std::find_if(std::begin(kRows), std::end(kRows), [op](const Row& row) { return row.op == op; });
  return at == std::end(kRows) ? nullptr : at;
}

bool Fits(int64_t x) { return x >= std::numeric_limits<int32_t>::min() && x <= std::numeric_limits<int32_t>::max(); }

bool Narrow(ir::Graph& graph, ir::NodeId id, int operand) {
  const ir::ValueId wide = graph.node(id).input(operand);
  if (!IsConstant(graph, wide) || graph.value(wide).type != ElementType::kInt64) return false;
  const std::vector<int64_t> elements = *ir::IntElements(graph, wide);
  if (!std::all_of(elements.begin(), elements.end(), Fits)) return false;
  std::vector<int32_t> narrow(elements.begin(), elements.end());
  graph.SetInput(id, operand,
                 graph.AddConstant(graph.value(wide).name, graph.value(wide).shape, absl::Span<const int32_t>(narrow)));
  return true;
}

bool CastToInt32(ir::Graph& graph, ir::NodeId id, int operand) {
  const ir::ValueId wide = graph.node(id).input(operand);
  const bool casts = wide != ir::kNoValue && graph.value(wide).type == ElementType::kInt64 && !IsConstant(graph, wide);
  if (!casts) return false;
  ir::Value narrow;
  narrow.name = absl::StrCat(graph.value(wide).name, "_int32");
  narrow.type = ElementType::kInt32;
  narrow.shape = graph.value(wide).shape;
  const ir::ValueId result = graph.AddValue(std::move(narrow));
  graph.AddNode({.op = "CAST", .name = graph.value(result).name}, {wide}, {result}, id);
  graph.SetInput(id, operand, result);
  return true;
}

}  // namespace

absl::StatusOr<int> NarrowIndices(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return FindRow(node.op()) != nullptr; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const Row row = *FindRow(graph.node(id).op());
    // The indices of one node have one type: all are narrowed or none is.
    for (int i = row.first; i <= row.last; ++i) {
      const ir::ValueId in = graph.node(id).input(i);
      const bool live = in != ir::kNoValue && graph.value(in).type == ElementType::kInt64 && !IsConstant(graph, in);
      if (live && !row.takes_int32_only) return false;
    }
    bool applied = false;
    for (int i = row.first; i <= row.last; ++i) {
      applied = Narrow(graph, id, i) || (row.takes_int32_only && CastToInt32(graph, id, i)) || applied;
    }
    return applied;
  });
}

}  // namespace zeropoint::passes
