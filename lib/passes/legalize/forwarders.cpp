// Before: y = tf.Identity(x)   (and the other ops that hand their operands on)
// After:  x, read where y was
//
// Before: tf.NoOp(), tf.Assert(condition, ...)
// After:  nothing
//
// Before: y = tf.Const() {value}
// After:  y, a constant
//
// Conditions: none. What these ops check (CheckNumerics, Assert) or promise (StopGradient) concerns training and
// debugging; TensorFlow's converter drops them too. EnsureShape and PlaceholderWithDefault know a shape: it is kept
// where x has none.
#include <algorithm>
#include <variant>

#include "passes/edit.h"
#include "passes/legalize/legalize.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kForwarders[] = {
    "tf.Identity", "tf.IdentityN",   "tf.StopGradient",      "tf.PreventGradient",        "tf.CheckNumerics",
    "tf.Snapshot", "tf.EnsureShape", "tf.DisableCopyOnRead", "tf.PlaceholderWithDefault", "tf.GuaranteeConst",
};
constexpr absl::string_view kWithoutResults[] = {"tf.NoOp", "tf.Assert"};

template <size_t n>
bool Among(const ir::Node& node, const absl::string_view (&ops)[n]) {
  return std::find(std::begin(ops), std::end(ops), node.op()) != std::end(ops);
}

void KeepShape(ir::Value& value, const ir::Shape& shape) {
  if (!value.shape.ranked() && shape.ranked()) value.shape = shape;
}

absl::StatusOr<bool> ForwardOperands(ir::Graph& graph, ir::NodeId id) {
  const ir::Node& node = graph.node(id);
  if (node.inputs().size() < node.outputs().size()) return false;
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    KeepShape(graph.value(node.inputs()[i]), graph.value(node.outputs()[i]).shape);
  }
  std::vector<ir::ValueId> values(node.inputs().begin(), node.inputs().end());
  Forward(graph, id, values);
  return true;
}

absl::StatusOr<bool> MakeConstant(ir::Graph& graph, ir::NodeId id) {
  const ir::AttrValue* attribute = graph.node(id).attrs().Find("value");
  const auto* literal = attribute == nullptr ? nullptr : std::get_if<ir::TensorLiteral>(attribute);
  if (literal == nullptr || literal->type == ElementType::kString) return false;
  ir::Value& value = graph.value(graph.node(id).output());
  value.type = literal->type;
  value.shape = literal->shape;
  value.data = literal->data;
  value.is_constant = true;
  graph.RemoveNode(id);
  return true;
}

}  // namespace

absl::StatusOr<int> RemoveForwarders(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) {
    return node.op() == "tf.Const" || Among(node, kForwarders) || Among(node, kWithoutResults);
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::Node& node = graph.node(id);
    if (node.op() == "tf.Const") return MakeConstant(graph, id);
    if (Among(node, kForwarders)) return ForwardOperands(graph, id);
    graph.RemoveNode(id);
    return true;
  });
}

}  // namespace zeropoint::passes
