#include "passes/lists/list_classes.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/constants.h"
#include "ops/called_graphs.h"
#include "passes/lists/list_ops.h"

namespace zeropoint::passes::lists {
namespace {

constexpr absl::string_view kWhile = "WHILE", kIf = "IF";

// Sets of ports that grow together.
class Groups {
 public:
  bool Has(const Port& port) const { return index_.count(port) != 0; }
  // True when something was not known before.
  bool Join(const std::vector<Port>& ports) {
    const size_t known = index_.size();
    bool joined = false;
    const int first = Root(IndexOf(ports[0]));
    for (const Port& port : ports) {
      const int other = Root(IndexOf(port));
      joined = joined || other != Root(first);
      parent_[static_cast<size_t>(other)] = Root(first);
    }
    return joined || index_.size() != known;
  }
  int GroupOf(const Port& port) { return Root(index_.at(port)); }
  const std::map<Port, int>& ports() const { return index_; }

 private:
  int IndexOf(const Port& port) {
    const auto [at, fresh] = index_.emplace(port, static_cast<int>(parent_.size()));
    if (fresh) parent_.push_back(at->second);
    return at->second;
  }
  int Root(int index) {
    while (parent_[static_cast<size_t>(index)] != index) index = parent_[static_cast<size_t>(index)];
    return index;
  }

  std::map<Port, int> index_;
  std::vector<int> parent_;
};

bool IsGraph(const ir::Model& model, int index) {
  return index >= 0 && static_cast<size_t>(index) < model.graphs.size();
}

// The lists that one op reads and makes.
std::vector<Port> ListsOf(int graph, const ir::Node& node) {
  std::vector<Port> lists;
  const ListOp* op = FindListOp(node.op());
  if (op == nullptr) return lists;
  if (op->list >= 0 && node.input(op->list) != ir::kNoValue) lists.push_back({graph, node.input(op->list)});
  if (op->list_result >= 0 && static_cast<size_t>(op->list_result) < node.outputs().size()) {
    lists.push_back({graph, node.output(op->list_result)});
  }
  return lists;
}

// The values that are one variable of a loop, or one operand or result of a branch.
std::vector<std::vector<Port>> Bindings(const ir::Model& model, int graph, const ir::Node& node) {
  std::vector<std::vector<Port>> bindings;
  const bool loop = node.op() == kWhile;
  if (!loop && node.op() != kIf) return bindings;
  const size_t first = loop ? 0 : 1;
  for (size_t i = first; i < node.inputs().size(); ++i) bindings.push_back({{graph, node.inputs()[i]}});
  const size_t results_at = loop ? 0 : bindings.size();
  bindings.resize(std::max(bindings.size(), results_at + node.outputs().size()));
  for (size_t i = 0; i < node.outputs().size(); ++i) bindings[results_at + i].push_back({graph, node.outputs()[i]});
  for (int callee : ops::CalledGraphs(node)) {
    if (!IsGraph(model, callee)) continue;
    const ir::Graph& called = model.graphs[static_cast<size_t>(callee)];
    const bool makes_results =
        called.outputs.size() == node.outputs().size() && (!loop || callee == node.attrs().Int("body_subgraph_index"));
    for (size_t i = 0; i < called.inputs.size() && i < bindings.size(); ++i) {
      bindings[i].push_back({callee, called.inputs[i]});
    }
    for (size_t i = 0; makes_results && i < called.outputs.size(); ++i) {
      bindings[results_at + i].push_back({callee, called.outputs[i]});
    }
  }
  return bindings;
}

Groups FindGroups(const ir::Model& model) {
  Groups groups;
  std::vector<std::vector<Port>> bindings;
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    const ir::Graph& graph = model.graphs[g];
    for (ir::NodeId id : graph.Order()) {
      const std::vector<Port> lists = ListsOf(static_cast<int>(g), graph.node(id));
      if (!lists.empty()) groups.Join(lists);
      for (std::vector<Port>& binding : Bindings(model, static_cast<int>(g), graph.node(id))) {
        bindings.push_back(std::move(binding));
      }
    }
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (const std::vector<Port>& binding : bindings) {
      const bool is_list = std::any_of(binding.begin(), binding.end(), [&](const Port& p) { return groups.Has(p); });
      if (is_list) grew = groups.Join(binding) || grew;
    }
  }
  return groups;
}

// What an operand says of the elements' shape: dimensions, their number, or nothing.
ir::Shape ShapeOperand(const ir::Graph& graph, ir::ValueId id) {
  if (id == ir::kNoValue) return ir::Shape::Unranked();
  const ir::Shape& own = graph.value(id).shape;
  if (!own.ranked() || own.rank() != 1) return ir::Shape::Unranked();
  if (const auto elements = ir::IntElements(graph, id)) {
    ir::Shape shape;
    for (int64_t dim : *elements) shape.Append(dim < 0 ? ir::kDynamic : dim);
    return shape;
  }
  ir::Shape shape;
  // A crafted file's rank must not fill the memory; LiteRT has no tensors of more dimensions than this anyway.
  constexpr int64_t kMostDimensions = 8;
  if (own[0] < 0 || own[0] > kMostDimensions) return ir::Shape::Unranked();
  for (int64_t i = 0; i < own[0]; ++i) shape.Append(ir::kDynamic);
  return shape;
}

ir::Shape WithoutFirst(const ir::Shape& shape) {
  if (!shape.ranked() || shape.rank() == 0) return ir::Shape::Unranked();
  return ir::Shape(shape.dims().subspan(1));
}

bool IsSlices(ListKind kind) {
  return kind == ListKind::kFromTensor || kind == ListKind::kScatter || kind == ListKind::kScatterInto;
}

// Both at once; false when they contradict each other.
bool Refine(const ir::Shape& more, ir::Shape& shape) {
  if (!more.ranked()) return true;
  if (!shape.ranked()) shape = more;
  if (shape.rank() != more.rank()) return false;
  for (int i = 0; i < shape.rank(); ++i) {
    if (shape[i] == ir::kDynamic) shape.set(i, more[i]);
    if (more[i] != ir::kDynamic && more[i] != shape[i]) return false;
  }
  return true;
}

// What one op says of its list's elements.
class Facts {
 public:
  Facts(const ir::Graph& graph, const ir::Node& node, const ListOp& op) : graph_(graph), node_(node), op_(op) {}

  std::optional<ElementType> Type() const {
    for (absl::string_view name : {"element_dtype", "dtype"}) {
      if (node_.attrs().Has(name)) return static_cast<ElementType>(node_.attrs().Int(name));
    }
    if (op_.item >= 0) return graph_.value(node_.input(op_.item)).type;
    return std::nullopt;
  }

  std::vector<ir::Shape> Elements() const {
    std::vector<ir::Shape> shapes;
    if (op_.element_shape >= 0) {
      ir::Shape shape = ShapeOperand(graph_, node_.input(op_.element_shape));
      // TensorListConcatV2 knows what it joins; the first dimension may differ.
      if (op_.kind == ListKind::kConcat && shape.ranked() && shape.rank() > 0) shape.set(0, ir::kDynamic);
      shapes.push_back(std::move(shape));
    }
    const ir::AttrValue* declared = op_.kind == ListKind::kReserve ? node_.attrs().Find("element_shape") : nullptr;
    if (declared != nullptr && std::get_if<ir::Shape>(declared) != nullptr) {
      shapes.push_back(std::get<ir::Shape>(*declared));
    }
    if (op_.item >= 0) {
      const ir::Shape& item = graph_.value(node_.input(op_.item)).shape;
      if (IsSlices(op_.kind)) shapes.push_back(WithoutFirst(item));
      if (op_.kind == ListKind::kSetItem || op_.kind == ListKind::kPushBack) shapes.push_back(item);
      if (op_.kind == ListKind::kSplit) shapes.push_back(SplitElement(item));
    }
    return shapes;
  }

  // How long the op makes the list; kDynamic: that is not known, nothing: as long as it was.
  std::optional<int64_t> Length() const {
    switch (op_.kind) {
      case ListKind::kReserve:
        return ir::IntScalar(graph_, node_.input(op_.size)).value_or(ir::kDynamic);
      case ListKind::kFromTensor: {
        const ir::Shape& slices = graph_.value(node_.input(op_.item)).shape;
        return slices.ranked() && slices.rank() > 0 ? slices[0] : ir::kDynamic;
      }
      case ListKind::kSplit: {
        const ir::Shape& lengths = graph_.value(node_.input(op_.size)).shape;
        return lengths.ranked() && lengths.rank() == 1 ? lengths[0] : ir::kDynamic;
      }
      case ListKind::kEmpty:
      case ListKind::kScatter:
      case ListKind::kPushBack:
      case ListKind::kPopBack:
      case ListKind::kOther:
        return ir::kDynamic;
      case ListKind::kSetItem:
        if (node_.attrs().Bool("resize_if_index_out_of_bounds")) return ir::kDynamic;
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

 private:
  // Elements of one length, where all are of that.
  ir::Shape SplitElement(ir::Shape item) const {
    const auto lengths = ir::IntElements(graph_, node_.input(op_.size));
    if (!item.ranked() || item.rank() == 0) return ir::Shape::Unranked();
    const bool equal =
        lengths.has_value() && !lengths->empty() &&
        std::count(lengths->begin(), lengths->end(), lengths->front()) == static_cast<std::ptrdiff_t>(lengths->size());
    item.set(0, equal ? lengths->front() : ir::kDynamic);
    return item;
  }

  const ir::Graph& graph_;
  const ir::Node& node_;
  const ListOp& op_;
};

absl::Status AtNode(absl::Status status, const ir::Node& node) {
  return Annotate(Annotate(std::move(status), Place::kOp, node.op()), Place::kNode, node.info.name);
}

absl::Status Learn(const ir::Graph& graph, const ir::Node& node, const ListOp& op, ListClass& list,
                   std::set<int64_t>& lengths) {
  for (int operand : {op.list, op.item, op.size, op.index}) {
    if (operand >= 0 && node.input(operand) == ir::kNoValue) {
      return AtNode(absl::InvalidArgumentError(absl::StrCat("it lacks operand ", operand)), node);
    }
  }
  const Facts facts(graph, node, op);
  const std::optional<ElementType> type = facts.Type();
  if (type.has_value() && list.type.value_or(*type) != *type) {
    return AtNode(absl::InvalidArgumentError(absl::StrCat("a list of ", Name(*list.type), " and of ", Name(*type))),
                  node);
  }
  if (type.has_value()) list.type = type;
  for (const ir::Shape& shape : facts.Elements()) {
    const std::string before = list.element.ToString();
    if (Refine(shape, list.element)) continue;
    return AtNode(absl::UnimplementedError(absl::StrCat("a list whose elements differ in shape, ", before, " and ",
                                                        shape.ToString(), ", cannot become a tensor")),
                  node);
  }
  if (const std::optional<int64_t> length = facts.Length()) lengths.insert(*length);
  return absl::OkStatus();
}

}  // namespace

ir::Shape ListClass::TensorShape() const {
  if (!element.ranked()) return element;
  ir::Shape shape = {length};
  for (int64_t dim : element.dims()) shape.Append(dim);
  return shape;
}

std::optional<int> ListClasses::ClassOf(const Port& port) const {
  const auto at = class_of_.find(port);
  return at == class_of_.end() ? std::nullopt : std::optional<int>(at->second);
}

absl::StatusOr<ListClasses> ListClasses::Find(const ir::Model& model) {
  ListClasses found;
  Groups groups = FindGroups(model);
  std::map<int, int> numbers;
  for (const auto& [port, index] : groups.ports()) {
    const auto [at, fresh] = numbers.emplace(groups.GroupOf(port), static_cast<int>(found.classes_.size()));
    if (fresh) found.classes_.emplace_back();
    found.class_of_[port] = at->second;
    found.classes_[static_cast<size_t>(at->second)].values.push_back(port);
  }
  std::vector<std::set<int64_t>> lengths(found.classes_.size());
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    const ir::Graph& graph = model.graphs[g];
    for (ir::NodeId id : graph.Order()) {
      const ir::Node& node = graph.node(id);
      const std::vector<Port> lists = ListsOf(static_cast<int>(g), node);
      if (lists.empty()) continue;
      const auto number = static_cast<size_t>(found.class_of_.at(lists[0]));
      found.classes_[number].nodes.push_back({static_cast<int>(g), id});
      ZP_RETURN_IF_ERROR(Learn(graph, node, *FindListOp(node.op()), found.classes_[number], lengths[number]));
    }
  }
  for (size_t i = 0; i < found.classes_.size(); ++i) {
    if (lengths[i].size() == 1) found.classes_[i].length = *lengths[i].begin();
  }
  return found;
}

std::vector<CallSite> CallSites(const ir::Model& model) {
  std::vector<CallSite> sites;
  for (size_t g = 0; g < model.graphs.size(); ++g) {
    for (ir::NodeId id : model.graphs[g].Order()) {
      const ir::Node& node = model.graphs[g].node(id);
      if (node.op() != kWhile && node.op() != kIf) continue;
      for (int callee : ops::CalledGraphs(node)) {
        if (IsGraph(model, callee)) sites.push_back({{static_cast<int>(g), id}, callee, node.op() == kWhile ? 0 : 1});
      }
    }
  }
  return sites;
}

}  // namespace zeropoint::passes::lists
