#include "calibrate/state.h"

#include <algorithm>
#include <set>
#include <vector>

#include "ops/called_graphs.h"
#include "ops/op_def.h"

namespace zeropoint::calibrate {
namespace {

bool HasOperandOf(const ir::Graph& graph, const ir::Node& node, bool (*wanted)(const ir::Value&)) {
  return std::any_of(node.inputs().begin(), node.inputs().end(),
                     [&](ir::ValueId id) { return id != ir::kNoValue && wanted(graph.value(id)); });
}

bool KeepsSomething(const ir::Graph& graph, const ir::Node& node) {
  if (HasOperandOf(graph, node, [](const ir::Value& value) { return value.is_variable; })) return true;
  const ops::OpDef* op = ops::FindOp(node.op());
  if (op == nullptr || !ops::CalledGraphs(node).empty()) return false;  // what is called is looked at by itself
  // An op on a resource that has results reads it.
  const bool reads = !node.outputs().empty() &&
                     HasOperandOf(graph, node, [](const ir::Value& v) { return v.type == ElementType::kResource; });
  return op->has_side_effects && !reads;
}

}  // namespace

bool HasState(const ir::Model& model) {
  std::vector<int> open = {0};
  for (const ir::Signature& signature : model.signatures) open.push_back(signature.graph);
  std::set<int> seen;
  while (!open.empty()) {
    const int now = open.back();
    open.pop_back();
    if (now < 0 || static_cast<size_t>(now) >= model.graphs.size() || !seen.insert(now).second) continue;
    const ir::Graph& graph = model.graphs[static_cast<size_t>(now)];
    for (ir::NodeId id : graph.Order()) {
      const ir::Node& node = graph.node(id);
      if (node.inputs().empty() && node.outputs().empty()) continue;  // sets something up once
      if (KeepsSomething(graph, node)) return true;
      for (int callee : ops::CalledGraphs(node)) open.push_back(callee);
    }
  }
  return false;
}

}  // namespace zeropoint::calibrate
