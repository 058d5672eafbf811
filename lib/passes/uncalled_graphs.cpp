#include "passes/uncalled_graphs.h"

#include <algorithm>
#include <utility>

#include "ops/called_graphs.h"

namespace zeropoint::passes {

namespace {

// By graph: the graphs that its nodes call, those that the model has.
std::vector<std::vector<int>> Callees(const ir::Model& model) {
  std::vector<std::vector<int>> callees(model.graphs.size());
  for (size_t i = 0; i < model.graphs.size(); ++i) {
    const ir::Graph& graph = model.graphs[i];
    for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
      for (int callee : ops::CalledGraphs(graph.node(id))) {
        if (callee >= 0 && static_cast<size_t>(callee) < model.graphs.size()) callees[i].push_back(callee);
      }
    }
  }
  return callees;
}

// The graphs that entry points reach, each behind all of its callers; in a circle of calls, behind those met first.
std::vector<int> CallersFirst(const ir::Model& model, const std::vector<std::vector<int>>& callees) {
  struct Open {
    int graph = 0;
    size_t left = 0;  // callees not opened yet: what is called first comes first in the result, which is turned round
  };
  std::vector<bool> met(model.graphs.size(), false);
  std::vector<int> order;  // callees first
  std::vector<Open> stack;
  auto open = [&](int graph) {
    if (graph < 0 || static_cast<size_t>(graph) >= met.size() || met[static_cast<size_t>(graph)]) return;
    met[static_cast<size_t>(graph)] = true;
    stack.push_back({.graph = graph, .left = callees[static_cast<size_t>(graph)].size()});
  };
  std::vector<int> entries;
  for (const ir::Signature& signature : model.signatures) entries.push_back(signature.graph);
  entries.push_back(0);
  std::sort(entries.rbegin(), entries.rend());
  for (int entry : entries) {
    open(entry);
    while (!stack.empty()) {
      Open& top = stack.back();
      if (top.left > 0) {
        open(callees[static_cast<size_t>(top.graph)][--top.left]);  // may move `top`
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
  for (int graph : CallersFirst(model, Callees(model))) reachable[static_cast<size_t>(graph)] = true;
  return reachable;
}

std::vector<int> NextGraphs(const ir::Model& model, const std::vector<bool>& reachable, const std::vector<bool>& done) {
  const std::vector<std::vector<int>> callees = Callees(model);
  std::vector<int> open = CallersFirst(model, callees);
  open.erase(std::remove_if(open.begin(), open.end(), [&](int graph) { return done[static_cast<size_t>(graph)]; }),
             open.end());
  std::vector<bool> waits(model.graphs.size(), false);
  for (int graph : open) {
    for (int callee : callees[static_cast<size_t>(graph)]) waits[static_cast<size_t>(callee)] = true;
  }
  std::vector<int> next;
  for (int graph : open) {
    if (!waits[static_cast<size_t>(graph)]) next.push_back(graph);
  }
  if (!next.empty()) return next;
  if (!open.empty()) return {open.front()};  // in a circle of calls somebody must begin
  for (size_t i = 0; i < done.size(); ++i) {
    if (!done[i] && !reachable[i]) next.push_back(static_cast<int>(i));
  }
  return next;
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
