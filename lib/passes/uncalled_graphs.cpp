#include "passes/uncalled_graphs.h"

#include <algorithm>
#include <utility>

#include "ops/called_graphs.h"

namespace zeropoint::passes {

std::vector<bool> ReachableGraphs(const ir::Model& model) {
  std::vector<bool> reachable(model.graphs.size());
  std::vector<int> open = {0};
  for (const ir::Signature& signature : model.signatures) open.push_back(signature.graph);
  while (!open.empty()) {
    const int now = open.back();
    open.pop_back();
    if (now < 0 || static_cast<size_t>(now) >= reachable.size() || reachable[static_cast<size_t>(now)]) continue;
    reachable[static_cast<size_t>(now)] = true;
    const ir::Graph& graph = model.graphs[static_cast<size_t>(now)];
    for (ir::NodeId id : graph.Order()) {
      for (int callee : ops::CalledGraphs(graph.node(id))) open.push_back(callee);
    }
  }
  return reachable;
}

void RemoveUncalledGraphs(const std::vector<bool>& reachable, ir::Model& model) {
  const std::vector<bool> still = ReachableGraphs(model);
  std::vector<int> new_index;
  std::vector<ir::Graph> kept;
  for (size_t i = 0; i < model.graphs.size(); ++i) {
    new_index.push_back(static_cast<int>(kept.size()));
    if (still[i] || !reachable[i]) kept.push_back(std::move(model.graphs[i]));
  }
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
