// Before: constants a and b of one type, shape and content
// After:  a, read where b was
//
// Conditions: neither is quantized, or has a range that was trained; b is not a graph output, which keeps its name.
// Algebra: none. What reads a constant once needs one DEQUANTIZE in a float16 file, and one copy everywhere.
#include <map>
#include <string>
#include <tuple>

#include "passes/canonical/canonical.h"
#include "passes/edit.h"
#include "passes/quantization_aware/trained_range.h"

namespace zeropoint::passes {
namespace {

// Type, shape and bytes; the bytes are those of the graph, not a copy.
using Content = std::tuple<int, std::string, absl::string_view>;

bool IsPlainConstant(const ir::Graph& graph, ir::ValueId id) {
  return IsConstant(graph, id) && !graph.value(id).quant.quantized() && !HasTrainedRange(graph.value(id)) &&
         !graph.uses(id).empty();
}

}  // namespace

absl::StatusOr<int> MergeEqualConstants(ir::Graph& graph) {
  std::map<Content, ir::ValueId> first;
  int merged = 0;
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
    if (!IsPlainConstant(graph, id)) continue;
    const ir::Value& value = graph.value(id);
    const Content content(static_cast<int>(value.type), value.shape.ToString(),
                          absl::string_view(reinterpret_cast<const char*>(value.data.data()), value.data.size()));
    auto [at, is_new] = first.emplace(content, id);
    if (is_new || graph.IsGraphOutput(id)) continue;
    graph.ReplaceUses(id, at->second);
    ++merged;
  }
  return merged;
}

}  // namespace zeropoint::passes
