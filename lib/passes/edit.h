// The edits that passes are made of.
#ifndef ZEROPOINT_PASSES_EDIT_H_
#define ZEROPOINT_PASSES_EDIT_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "ir/graph.h"
#include "ops/op_def.h"

namespace zeropoint::passes {

ir::Attributes Attrs(std::initializer_list<std::pair<absl::string_view, ir::AttrValue>> entries);

// --- new nodes and values

// Inserts `op` before `before` and returns its one result, named after `before` and `what`. The result has `type`, or
// the type of the first operand; its shape is unknown until shapes are inferred again.
ir::ValueId Emit(ir::Graph& graph, ir::NodeId before, absl::string_view op, std::vector<ir::ValueId> inputs,
                 ir::Attributes attrs = {}, std::optional<ElementType> type = std::nullopt);

// Turns the node into `op` in place; its results stay, so their names and readers do too.
void Become(ir::Graph& graph, ir::NodeId node, absl::string_view op, std::vector<ir::ValueId> inputs,
            ir::Attributes attrs = {});

// Removes the node; readers of its results read `values` instead. A graph output keeps its name where the value that
// replaces it has none of its own to keep (it is neither a graph input nor a graph output already).
void Forward(ir::Graph& graph, ir::NodeId node, absl::Span<const ir::ValueId> values);

// int32 constants for shapes, axes and permutations.
ir::ValueId AddInts(ir::Graph& graph, std::string name, absl::Span<const int64_t> elements);
ir::ValueId AddInt(ir::Graph& graph, std::string name, int64_t element);
ir::ValueId AddFloats(ir::Graph& graph, std::string name, ir::Shape shape, absl::Span<const float> elements);
ir::ValueId AddFloat(ir::Graph& graph, std::string name, float element);
// A constant with one element of a type that has numbers (float32, int32, int64), shape [].
ir::ValueId AddScalarLike(ir::Graph& graph, std::string name, ElementType type, double element);

// Emits TRANSPOSE and RESHAPE with constant operands.
ir::ValueId EmitTranspose(ir::Graph& graph, ir::NodeId before, ir::ValueId input, absl::Span<const int64_t> perm);
ir::ValueId EmitReshape(ir::Graph& graph, ir::NodeId before, ir::ValueId input, absl::Span<const int64_t> shape);

// --- questions

inline bool IsConstant(const ir::Graph& graph, ir::ValueId id) {
  return id != ir::kNoValue && graph.value(id).is_constant;
}
// A constant of one element that equals `element`; false for types without numbers.
bool IsScalar(const ir::Graph& graph, ir::ValueId id, double element);
// A constant all of whose elements equal `element`, with at least one.
bool AllEqual(const ir::Graph& graph, ir::ValueId id, double element);

// The node that produces the value when its op is `op`; kNoNode otherwise.
ir::NodeId ProducerOf(const ir::Graph& graph, ir::ValueId id, absl::string_view op);
// The same, when moreover nothing but one operand of one node reads the value.
ir::NodeId SoleProducerOf(const ir::Graph& graph, ir::ValueId id, absl::string_view op);
// The only reader of the value; kNoNode when there are several, none, or it is a graph output.
ir::NodeId SoleReader(const ir::Graph& graph, ir::ValueId id);

// Of two operands, the one that is constant and the other; nothing when neither or both are.
struct ConstantAndOther {
  ir::ValueId constant, other;
  int constant_operand;
};
std::optional<ConstantAndOther> SplitConstant(const ir::Graph& graph, const ir::Node& node);

// --- walking

// Calls `rewrite(node)` (StatusOr<bool>: applied) once for each node whose op is `op`, in order of execution; the body
// may edit the graph. Returns how many applied; errors name the node.
template <typename Rewrite>
absl::StatusOr<int> RewriteEach(ir::Graph& graph, absl::string_view op, Rewrite rewrite) {
  return RewriteEachIf(
      graph, [op](const ir::Node& node) { return node.op() == op; }, rewrite);
}

template <typename Wanted, typename Rewrite>
absl::StatusOr<int> RewriteEachIf(ir::Graph& graph, Wanted wanted, Rewrite rewrite) {
  int applied = 0;
  for (ir::NodeId id : graph.Order()) {
    if (!graph.alive(id) || !wanted(graph.node(id))) continue;
    const std::string op = graph.node(id).op(), name = graph.node(id).info.name;
    absl::StatusOr<bool> one = rewrite(id);
    if (!one.ok()) return Annotate(Annotate(one.status(), Place::kOp, op), Place::kNode, name);
    applied += *one ? 1 : 0;
  }
  return applied;
}

// What becomes of the nodes of one op: whether it applied.
struct RewriteRow {
  absl::string_view op;
  absl::StatusOr<bool> (*rewrite)(ir::Graph&, ir::NodeId);
};

// RewriteEach for each row, in their order.
absl::StatusOr<int> RewriteTable(ir::Graph& graph, absl::Span<const RewriteRow> rows);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_EDIT_H_
