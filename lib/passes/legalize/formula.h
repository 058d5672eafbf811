// Writes what a TF node computes as a formula of LiteRT ops, in front of the node; the last op becomes the node itself.
#ifndef ZEROPOINT_PASSES_LEGALIZE_FORMULA_H_
#define ZEROPOINT_PASSES_LEGALIZE_FORMULA_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "ir/graph.h"
#include "passes/edit.h"

namespace zeropoint::passes {

class Formula {
 public:
  Formula(ir::Graph& graph, ir::NodeId id) : graph_(graph), id_(id) {}

  // --- the node
  ir::Graph& graph() const { return graph_; }
  ir::NodeId id() const { return id_; }
  ir::ValueId x(int i = 0) const { return graph_.node(id_).input(i); }
  const ir::Attributes& attrs() const { return graph_.node(id_).attrs(); }
  ElementType type(int i = 0) const { return graph_.value(x(i)).type; }
  ElementType result_type() const { return graph_.value(graph_.node(id_).output()).type; }
  // A copy: values move when one is added.
  ir::Shape shape(int i = 0) const { return graph_.value(x(i)).shape; }

  // --- constants
  ir::ValueId Number(double element) const { return Number(type(), element); }
  ir::ValueId Number(ElementType type, double element) const;
  ir::ValueId Int(int64_t element) const { return Number(ElementType::kInt32, static_cast<double>(element)); }
  ir::ValueId Ints(absl::Span<const int64_t> elements) const;
  ir::ValueId Bools(ir::Shape shape, const std::vector<bool>& elements) const;
  // A scalar zero (or false) of any type whose zero has no bit set.
  ir::ValueId Zero(ElementType type) const;

  // --- ops
  // Fused activations are set to none.
  ir::ValueId Op(absl::string_view op, std::vector<ir::ValueId> inputs, ir::Attributes attrs = {},
                 std::optional<ElementType> type = std::nullopt) const;
  // An op whose result is bool.
  ir::ValueId Test(absl::string_view op, std::vector<ir::ValueId> inputs) const {
    return Op(op, std::move(inputs), {}, ElementType::kBool);
  }
  ir::ValueId Select(ir::ValueId condition, ir::ValueId yes, ir::ValueId no) const;
  ir::ValueId Cast(ir::ValueId x, ElementType type) const;
  // SUM, MEAN, REDUCE_MAX ... along constant axes.
  ir::ValueId Reduce(absl::string_view op, ir::ValueId x, absl::Span<const int64_t> axes, bool keep_dims) const;
  ir::ValueId Reshape(ir::ValueId x, absl::Span<const int64_t> dims) const;
  ir::ValueId Gather(ir::ValueId x, ir::ValueId indices, int64_t axis) const;
  ir::ValueId ShapeOf(ir::ValueId x) const;
  // One dimension as an int32 scalar: a constant when the operand's shape says it.
  ir::ValueId Dim(ir::ValueId x, int axis) const;
  // Both broadcast to the shape that they have together, for ops that do not broadcast; their ranks are known.
  absl::StatusOr<std::pair<ir::ValueId, ir::ValueId>> Alike(ir::ValueId a, ir::ValueId b) const;
  // 0, 1, ... count - 1 as int32.
  ir::ValueId Count(ir::ValueId count) const;
  // The last op of the formula; its result is the node's.
  void Is(absl::string_view op, std::vector<ir::ValueId> inputs, ir::Attributes attrs = {}) const;

 private:
  ir::Graph& graph_;
  ir::NodeId id_;
};

// How a TF op is written, element by element.
struct FormulaRow {
  absl::string_view op;
  int operands;
  bool float_only;  // float32; else int32 and int64 too
  void (*write)(const Formula& f);
};
// Applies the rows to the nodes that fit them.
absl::StatusOr<int> WriteFormulas(ir::Graph& graph, absl::Span<const FormulaRow> rows);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_LEGALIZE_FORMULA_H_
