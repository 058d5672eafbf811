// The edits that passes are made of.
#include "passes/edit.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ir/constants.h"

namespace zeropoint::passes {

using ir::Graph;
using ir::NodeId;
using ir::ValueId;

ir::Attributes Attrs(std::initializer_list<std::pair<absl::string_view, ir::AttrValue>> entries) {
  ir::Attributes attrs;
  for (const auto& [name, value] : entries) attrs.Set(name, value);
  return attrs;
}

ValueId Emit(Graph& graph, NodeId before, absl::string_view op, std::vector<ValueId> inputs, ir::Attributes attrs,
             std::optional<ElementType> type) {
  ir::Value result;
  result.name = absl::StrCat(graph.node(before).info.name, "/", absl::AsciiStrToLower(op));
  result.type = type.value_or(graph.value(inputs[0]).type);
  result.shape = ir::Shape::Unranked();
  ir::NodeInfo info;
  info.op = std::string(op);
  info.name = graph.node(before).info.name;
  info.attrs = std::move(attrs);
  ValueId id = graph.AddValue(std::move(result));
  graph.AddNode(std::move(info), std::move(inputs), {id}, before);
  return id;
}

void Become(Graph& graph, NodeId node, absl::string_view op, std::vector<ValueId> inputs, ir::Attributes attrs) {
  graph.node(node).info.op = std::string(op);
  graph.node(node).info.attrs = std::move(attrs);
  graph.SetInputs(node, std::move(inputs));
}

void Forward(Graph& graph, NodeId node, absl::Span<const ValueId> values) {
  std::vector<ValueId> results(graph.node(node).outputs().begin(), graph.node(node).outputs().end());
  graph.RemoveNode(node);
  for (size_t i = 0; i < results.size() && i < values.size(); ++i) {
    ValueId from = results[i], to = values[i];
    if (graph.IsGraphOutput(from) && !graph.IsGraphInput(to) && !graph.IsGraphOutput(to)) {
      graph.value(to).name = graph.value(from).name;
    }
    graph.ReplaceUses(from, to);
  }
}

ValueId AddInts(Graph& graph, std::string name, absl::Span<const int64_t> elements) {
  std::vector<int32_t> narrow(elements.begin(), elements.end());
  return graph.AddConstant(std::move(name), ir::Shape{static_cast<int64_t>(narrow.size())},
                           absl::Span<const int32_t>(narrow));
}

ValueId AddInt(Graph& graph, std::string name, int64_t element) {
  return AddScalarLike(graph, std::move(name), ElementType::kInt32, static_cast<double>(element));
}

ValueId AddFloats(Graph& graph, std::string name, ir::Shape shape, absl::Span<const float> elements) {
  return graph.AddConstant(std::move(name), std::move(shape), elements);
}

ValueId AddFloat(Graph& graph, std::string name, float element) {
  return AddFloats(graph, std::move(name), ir::Shape(), {&element, 1});
}

ValueId AddScalarLike(Graph& graph, std::string name, ElementType type, double element) {
  const auto narrow = static_cast<int32_t>(element);
  const auto wide = static_cast<int64_t>(element);
  const auto real = static_cast<float>(element);
  if (type == ElementType::kInt32) return graph.AddConstant(std::move(name), ir::Shape(), absl::MakeSpan(&narrow, 1));
  if (type == ElementType::kInt64) return graph.AddConstant(std::move(name), ir::Shape(), absl::MakeSpan(&wide, 1));
  return graph.AddConstant(std::move(name), ir::Shape(), absl::MakeSpan(&real, 1));
}

ValueId EmitTranspose(Graph& graph, NodeId before, ValueId input, absl::Span<const int64_t> perm) {
  ValueId order = AddInts(graph, absl::StrCat(graph.node(before).info.name, "/perm"), perm);
  return Emit(graph, before, "TRANSPOSE", {input, order});
}

ValueId EmitReshape(Graph& graph, NodeId before, ValueId input, absl::Span<const int64_t> shape) {
  ValueId dims = AddInts(graph, absl::StrCat(graph.node(before).info.name, "/shape"), shape);
  return Emit(graph, before, "RESHAPE", {input, dims});
}

bool IsScalar(const Graph& graph, ValueId id, double element) {
  return IsConstant(graph, id) && graph.value(id).shape.NumElements() == 1 && AllEqual(graph, id, element);
}

bool AllEqual(const Graph& graph, ValueId id, double element) {
  auto equal = [element](const auto& elements) {
    return !elements.empty() && std::all_of(elements.begin(), elements.end(),
                                            [element](auto x) { return static_cast<double>(x) == element; });
  };
  if (auto reals = ir::FloatElements(graph, id)) return equal(*reals);
  if (auto integers = ir::IntElements(graph, id)) return equal(*integers);
  return false;
}

NodeId ProducerOf(const Graph& graph, ValueId id, absl::string_view op) {
  if (id == ir::kNoValue) return ir::kNoNode;
  NodeId node = graph.producer(id);
  return node != ir::kNoNode && graph.node(node).op() == op ? node : ir::kNoNode;
}

NodeId SoleProducerOf(const Graph& graph, ValueId id, absl::string_view op) {
  NodeId node = ProducerOf(graph, id, op);
  return node != ir::kNoNode && SoleReader(graph, id) != ir::kNoNode ? node : ir::kNoNode;
}

NodeId SoleReader(const Graph& graph, ValueId id) {
  if (graph.uses(id).size() != 1 || graph.NumUses(id) != 1) return ir::kNoNode;
  return graph.uses(id)[0].node;
}

std::optional<ConstantAndOther> SplitConstant(const Graph& graph, const ir::Node& node) {
  if (node.inputs().size() != 2) return std::nullopt;
  ValueId a = node.input(0), b = node.input(1);
  if (IsConstant(graph, a) == IsConstant(graph, b)) return std::nullopt;
  if (IsConstant(graph, b)) return ConstantAndOther{b, a, 1};
  return ConstantAndOther{a, b, 0};
}

absl::StatusOr<int> RewriteTable(ir::Graph& graph, absl::Span<const RewriteRow> rows) {
  int applied = 0;
  for (const RewriteRow& row : rows) {
    ZP_ASSIGN_OR_RETURN(const int some,
                        RewriteEach(graph, row.op, [&](ir::NodeId id) { return row.rewrite(graph, id); }));
    applied += some;
  }
  return applied;
}

}  // namespace zeropoint::passes
