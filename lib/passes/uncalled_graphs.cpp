#include "passes/uncalled_graphs.h"

#include <algorithm>
#include <utility>

#include "ops/called_graphs.h"

namespace zeropoint::passes {

namespace {

// The graphs that entry points reach, each behind all of its callers; in a circle of calls, behind those met first.
std::vector<int> CallersFirst(const ir::Model& model) {
  struct Open {
    std::vector<int> callees;
    size_t next = 0;
    int graph = 0;
  };
  std::vector<bool> met(model.graphs.size(), false);
  std::vector<int> order;  // callees first
  std::vector<Open> stack;
  auto open = [&](int graph) {
    if (graph < 0 || static_cast<size_t>(graph) >= met.size() || met[static_cast<size_t>(graph)]) return;
    met[static_cast<size_t>(graph)] = true;
    Open opened{.graph = graph};
    const ir::Graph& body = model.graphs[static_cast<size_t>(graph)];
    for (ir::NodeId id : body.Order()) {
      for (int callee : ops::CalledGraphs(body.node(id))) opened.callees.push_back(callee);
    }
    // The result is turned round: what is called first comes first.
    std::reverse(opened.callees.begin(), opened.callees.end());
    stack.push_back(std::move(opened));
  };
  std::vector<int> entries;
  for (const ir::Signature& signature : model.signatures) entries.push_back(signature.graph);
  entries.push_back(0);
  std::sort(entries.rbegin(), entries.rend());
  for (int entry : entries) {
    open(entry);
    while (!stack.empty()) {
      Open& top = stack.back();
      if (top.next < top.callees.size()) {
        open(top.callees[top.next++]);  // may move `top`
        continue;
      }
      order.push_back(top.graph);
      stack.pop_back();
    }
  }
  std::reverse(order.begin(), order.end());
  return order;
}

}  // namespace

std::vector<bool> ReachableGraphs(const ir::Model& model) {
  std::vector<bool> reachable(model.graphs.size());
  for (int graph : CallersFirst(model)) reachable[static_cast<size_t>(graph)] = true;
  return reachable;
}

int NextGraph(const ir::Model& model, const std::vector<bool>& reachable, const std::vector<bool>& done) {
  for (int graph : CallersFirst(model)) {
    if (!done[static_cast<size_t>(graph)]) return graph;
  }
  for (size_t i = 0; i < done.size(); ++i) {
    if (!done[i] && !reachable[i]) return static_cast<int>(i);
  }
  return -1;
}

void RemoveUncalledGraphs(std::vector<bool>& reachable, ir::Model& model) {
  const std::vector<bool> still = ReachableGraphs(model);
  std::vector<int> new_index;
  std::vector<ir::Graph> kept;
  std::vector<bool> kept_reachable;
  for (size_t i = 0; i < model.graphs.size(); ++i) {
    new_index.push_back(static_cast<int>(kept.size()));
    if (!still[i] && reachable[i]) continue;
    kept.push_back(std::move(model.graphs[i]));
    kept_reachable.push_back(reachable[i]);
  }
  reachable = std::move(kept_reachable);
  const bool all = kept.size() == model.graphs.size();
  model.graphs = std::move(kept);
  if (all) return;
  for (ir::Graph& graph : model.graphs) {
    for (ir::NodeId id : graph.Order()) ops::RenumberCalledGraphs(new_index, graph.node(id));
  }
  for (ir::Signature& signature : model.signatures) {
    signature.graph = new_index[static_cast<size_t>(signature.graph)];
  }
}

}  // namespace zeropoint::passes
