#include "formats/saved_model/resources.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/called_graphs.h"

namespace zeropoint::formats::saved_model {
namespace {

constexpr char kHandle[] = "VAR_HANDLE", kRead[] = "READ_VARIABLE", kAssign[] = "ASSIGN_VARIABLE",
               kOnce[] = "CALL_ONCE", kTable[] = "HASHTABLE";
constexpr char kNameAttr[] = "shared_name";
// TensorFlow's converter calls the graph so.
constexpr char kInitGraph[] = "NoOp";

ir::ValueId AddHandleNamed(const std::string& name, ir::Graph& graph) {
  ir::NodeInfo info{.op = kHandle, .name = name};
  info.attrs.Set("container", std::string());
  info.attrs.Set(kNameAttr, name);
  const ir::ValueId handle = graph.AddValue({.name = name, .type = ElementType::kResource, .shape = ir::Shape{}});
  graph.AddNode(std::move(info), {}, {handle});
  return handle;
}

// The variable that a node with that op uses; empty for other nodes.
std::string VariableUsedBy(const ir::Graph& graph, ir::NodeId id, absl::string_view op) {
  if (graph.node(id).op() != op) return "";
  return graph.node(graph.producer(graph.node(id).input(0))).attrs().String(kNameAttr);
}

std::set<std::string> VariablesUsedBy(const ir::Model& model, absl::string_view op) {
  std::set<std::string> names;
  for (const ir::Graph& graph : model.graphs) {
    for (ir::NodeId id : graph.Order()) names.insert(VariableUsedBy(graph, id, op));
  }
  names.erase("");
  return names;
}

void RemoveUnread(const std::set<std::string>& read, ir::Graph& graph) {
  for (ir::NodeId id : graph.Order()) {
    const std::string name = VariableUsedBy(graph, id, kAssign);
    if (name.empty() || read.count(name) > 0) continue;
    const ir::NodeId handle = graph.producer(graph.node(id).input(0));
    graph.RemoveNode(id);
    if (graph.uses(graph.node(handle).output()).empty()) graph.RemoveNode(handle);
  }
}

bool UsesResources(const ir::Model& model, int graph, std::set<int>& met) {
  if (!met.insert(graph).second) return false;
  for (ir::NodeId id : model.graphs[static_cast<size_t>(graph)].Order()) {
    const ir::Node& node = model.graphs[static_cast<size_t>(graph)].node(id);
    if (node.op() == kHandle || node.op() == kTable) return true;
    for (int callee : ops::CalledGraphs(node)) {
      if (UsesResources(model, callee, met)) return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<std::string> Resources::NameOf(const Source& variable) {
  auto known = names_.find(variable.node);
  if (known != names_.end()) return known->second;
  ZP_ASSIGN_OR_RETURN(std::string name, VariableName(program_, variable));
  // Names of TensorFlow 2's variables need not differ.
  if (by_name_.count(name) > 0) name = PathOf(*variable.frame, *variable.node);
  for (int i = 1; by_name_.count(name) > 0; ++i) name = absl::StrCat(PathOf(*variable.frame, *variable.node), "_", i);
  auto first = variables_.Read(variable);
  if (!first.ok()) return Annotate(first.status(), Place::kTensor, name);
  if (first->type == ElementType::kString) {
    ZP_ASSIGN_OR_RETURN(first->data, PackStrings(first->strings));
  }
  ZP_ASSIGN_OR_RETURN(AttrValue declared, program_.Attr(*variable.frame, *variable.node, "shape"));
  const bool has_shape = declared.kind == AttrValue::Kind::kShape && declared.shape.ranked();
  ir::Shape shape = has_shape ? declared.shape : first->shape;
  by_name_.emplace(name, Variable{variable, *std::move(first), std::move(shape)});
  return names_.emplace(variable.node, std::move(name)).first->second;
}

absl::StatusOr<ir::ValueId> Resources::AddHandle(const Source& variable, ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(const std::string name, NameOf(variable));
  return AddHandleNamed(name, graph);
}

absl::StatusOr<ir::ValueId> Resources::AddRead(const Source& variable, ir::ValueId handle, std::string name,
                                               ir::Graph& graph) {
  ZP_ASSIGN_OR_RETURN(const std::string known_as, NameOf(variable));
  const Variable& known = by_name_.at(known_as);
  ir::NodeInfo info{.op = kRead, .name = name};
  const ir::ValueId value = graph.AddValue({.name = std::move(name), .type = known.first.type, .shape = known.shape});
  graph.AddNode(std::move(info), {handle}, {value});
  return value;
}

ir::Graph Resources::FirstValues() const {
  ir::Graph graph;
  graph.name = kInitGraph;
  for (const auto& [name, variable] : by_name_) {
    const ir::ValueId handle = AddHandleNamed(name, graph);
    const ir::TensorLiteral& first = variable.first;
    const ir::ValueId value = graph.AddConstant(absl::StrCat(name, "/first"), first.type, first.shape, first.data);
    graph.AddNode({.op = kAssign, .name = absl::StrCat(name, "/assign")}, {handle, value}, {});
  }
  tables_.AddFirstValues(graph);
  return graph;
}

absl::Status Resources::Finish(ir::Model& model) {
  const std::set<std::string> read = VariablesUsedBy(model, kRead);
  for (ir::Graph& graph : model.graphs) RemoveUnread(read, graph);
  if (read.empty() && tables_.empty()) return absl::OkStatus();
  for (auto it = by_name_.begin(); it != by_name_.end();)
    it = read.count(it->first) > 0 ? std::next(it) : by_name_.erase(it);
  const auto init = static_cast<int64_t>(model.graphs.size());
  for (const ir::Signature& signature : model.signatures) {
    std::set<int> met;
    if (!UsesResources(model, signature.graph, met)) continue;
    ir::Graph& graph = model.graphs[static_cast<size_t>(signature.graph)];
    ir::NodeInfo once{.op = kOnce, .name = kInitGraph};
    once.attrs.Set("init_subgraph_index", init);
    graph.AddNode(std::move(once), {}, {}, graph.first());
  }
  model.graphs.push_back(FirstValues());
  return absl::OkStatus();
}

void RemoveUnusedReads(ir::Graph& graph) {
  for (ir::NodeId id : graph.Order()) {
    if (graph.node(id).op() == kRead && graph.NumUses(graph.node(id).output()) == 0) graph.RemoveNode(id);
  }
}

}  // namespace zeropoint::formats::saved_model
