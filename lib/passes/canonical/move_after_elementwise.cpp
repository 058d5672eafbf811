// Before: y = RELU(m), m = RESHAPE(x, shape) or TRANSPOSE(x, perm)
// After:  y = RESHAPE(RELU(x), shape)
//
// For RELU and the other ops of one operand that work element by element, and for ADD, SUB, MUL with a constant: a
// scalar, or after RESHAPE to a constant shape also a vector along a last dimension that x and m share.
// Conditions: nothing else reads m.
// Algebra: both only move elements, and each element is treated alike. The op then stands beside the one that made x,
// which may absorb it (a Conv1D is CONV_2D, RESHAPE, RELU).
//
// The second pass:
// Before: y = ADD(RESHAPE(a, shape), RESHAPE(b, shape)), and SUB, MUL
// After:  y = RESHAPE(ADD(a, b), shape)
//
// Conditions: nothing else reads either of the two; a and b of one static shape. It runs when the reshapes that
// FULLY_CONNECTED takes in are gone.
#include <algorithm>

#include "passes/canonical/canonical.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kUnary[] = {"RELU", "RELU6", "RELU_N1_TO_1", "TANH", "LOGISTIC", "EXP", "NEG",
                                        "CEIL", "FLOOR", "ROUND",        "SQRT", "SQUARE",   "ABS"};
constexpr absl::string_view kBinary[] = {"ADD", "SUB", "MUL"};

template <size_t n>
bool Among(absl::string_view op, const absl::string_view (&ops)[n]) {
  return std::find(std::begin(ops), std::end(ops), op) != std::end(ops);
}

bool Elementwise(const ir::Graph& graph, const ir::Node& node) {
  if (Among(node.op(), kUnary)) return true;
  if (!Among(node.op(), kBinary) || !IsConstant(graph, node.input(1))) return false;
  return graph.value(node.input(1)).shape.rank() <= 1;
}

int64_t LastDimension(const ir::Shape& shape) {
  return shape.ranked() && shape.rank() > 0 ? shape[shape.rank() - 1] : ir::kDynamic;
}

// The constant, if there is one, meets the same elements before the move as after it.
bool ConstantFollows(const ir::Graph& graph, const ir::Node& node, ir::NodeId move) {
  if (node.inputs().size() != 2) return true;
  const ir::Shape& constant = graph.value(node.input(1)).shape;
  if (constant.rank() == 0) return true;
  const int64_t last = LastDimension(graph.value(graph.node(move).input(0)).shape);
  return graph.node(move).op() == "RESHAPE" && IsConstant(graph, graph.node(move).input(1)) && last == constant[0] &&
         last == LastDimension(graph.value(node.input(0)).shape);
}

absl::StatusOr<bool> Move(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId moved = graph.node(id).input(0);
  ir::NodeId move = SoleProducerOf(graph, moved, "RESHAPE");
  if (move == ir::kNoNode) move = SoleProducerOf(graph, moved, "TRANSPOSE");
  if (move == ir::kNoNode || !ConstantFollows(graph, graph.node(id), move)) return false;
  const ir::ValueId x = graph.node(move).input(0), result = graph.node(id).output();
  if (IsConstant(graph, x)) return false;
  // The two ops change places: the elementwise one gives what had been moved, in x's shape.
  ir::Value between = graph.value(result);
  between.name = graph.value(moved).name;
  between.shape = graph.value(x).shape;
  graph.SetInput(id, 0, x);
  graph.SetOutputs(move, {});
  const ir::ValueId fresh = graph.AddValue(std::move(between));
  graph.SetOutputs(id, {fresh});
  graph.SetInput(move, 0, fresh);
  graph.SetOutputs(move, {result});
  graph.MoveBefore(move, graph.next(id));
  return true;
}

// Two operands that were moved alike.
absl::StatusOr<bool> MovePair(ir::Graph& graph, ir::NodeId id) {
  if (graph.node(id).inputs().size() != 2 || graph.node(id).input(0) == graph.node(id).input(1)) return false;
  const ir::NodeId first = SoleProducerOf(graph, graph.node(id).input(0), "RESHAPE");
  const ir::NodeId second = SoleProducerOf(graph, graph.node(id).input(1), "RESHAPE");
  if (first == ir::kNoNode || second == ir::kNoNode) return false;
  const ir::Shape moved = graph.value(graph.node(first).output()).shape;
  const ir::ValueId a = graph.node(first).input(0), b = graph.node(second).input(0);
  const ir::Shape shape = graph.value(a).shape;
  if (!shape.ranked() || !shape.IsStatic() || graph.value(b).shape != shape) return false;
  if (!moved.ranked() || graph.value(graph.node(second).output()).shape != moved) return false;
  const ir::ValueId result = graph.node(id).output();
  ir::Value between = graph.value(result);
  between.name = graph.value(graph.node(first).output()).name;
  between.shape = shape;
  graph.SetInputs(id, {a, b});
  graph.SetOutputs(first, {});
  const ir::ValueId fresh = graph.AddValue(std::move(between));
  graph.SetOutputs(id, {fresh});
  graph.SetInput(first, 0, fresh);
  graph.SetOutputs(first, {result});
  graph.MoveBefore(first, graph.next(id));
  return true;
}

}  // namespace

absl::StatusOr<int> MoveAfterElementwise(ir::Graph& graph) {
  return RewriteEachIf(
      graph, [&](const ir::Node& node) { return Elementwise(graph, node); },
      [&](ir::NodeId id) { return Move(graph, id); });
}

absl::StatusOr<int> MovePairsAfterElementwise(ir::Graph& graph) {
  return RewriteEachIf(
      graph, [](const ir::Node& node) { return Among(node.op(), kBinary); },
      [&](ir::NodeId id) { return MovePair(graph, id); });
}

}  // namespace zeropoint::passes
