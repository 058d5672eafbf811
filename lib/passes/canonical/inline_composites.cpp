// Before: y = STABLEHLO_COMPOSITE(x) {decomposition_subgraph_index=1}, graph 1: b = NEG(a)
// After:  y = NEG(x)
//
// For schemes with integer activations: what crosses the border of a graph stays float32, so an attention block in its
// wrapping would be quantized apart from its neighbours; its name is of use to delegates that run it in float.
// Conditions: each result of the graph is the result of one of its nodes, once; nothing there keeps state; the graph
// does not call itself. Graphs that nobody calls any more are removed by the pass manager.
// Algebra: the built-in kernel of the op runs that graph.
#include <set>
#include <unordered_map>
#include <vector>

#include "ops/called_graphs.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kComposite = "STABLEHLO_COMPOSITE";

const ir::Graph* GraphAt(const ir::Model& model, int index) {
  return index >= 0 && static_cast<size_t>(index) < model.graphs.size() ? &model.graphs[static_cast<size_t>(index)]
                                                                        : nullptr;
}

// True when the graph's calls come to an end: none of those on the way to it is called again.
bool CallsEnd(const ir::Model& model, int index, std::set<int>& callers) {
  const ir::Graph* graph = GraphAt(model, index);
  if (graph == nullptr || !callers.insert(index).second) return false;
  for (ir::NodeId id : graph->Order()) {
    for (int callee : ops::CalledGraphs(graph->node(id))) {
      if (!CallsEnd(model, callee, callers)) return false;
    }
  }
  callers.erase(index);
  return true;
}

bool CanInline(const ir::Graph& body, const ir::Node& call) {
  if (body.inputs.size() != call.inputs().size() || body.outputs.size() != call.outputs().size()) return false;
  std::set<ir::ValueId> results;
  for (ir::ValueId id : body.outputs) {
    if (body.producer(id) == ir::kNoNode || !results.insert(id).second) return false;
  }
  for (ir::ValueId id = 0; id < body.num_values(); ++id) {
    if (body.value(id).is_variable) return false;
  }
  return true;
}

// Puts copies of the body's nodes where the call was.
class Inliner {
 public:
  Inliner(const ir::Graph& body, ir::Graph& graph) : body_(body), graph_(graph) {}

  void Replace(ir::NodeId call) {
    const std::vector<ir::ValueId> arguments(graph_.node(call).inputs().begin(), graph_.node(call).inputs().end());
    const std::vector<ir::ValueId> results(graph_.node(call).outputs().begin(), graph_.node(call).outputs().end());
    const ir::NodeId before = graph_.next(call);
    graph_.RemoveNode(call);
    for (size_t i = 0; i < arguments.size(); ++i) copies_.emplace(body_.inputs[i], arguments[i]);
    for (size_t i = 0; i < results.size(); ++i) copies_.emplace(body_.outputs[i], results[i]);
    for (ir::NodeId id : body_.Order()) {
      const ir::Node& node = body_.node(id);
      graph_.AddNode(node.info, Copies(node.inputs()), Copies(node.outputs()), before);
    }
  }

 private:
  std::vector<ir::ValueId> Copies(absl::Span<const ir::ValueId> values) {
    std::vector<ir::ValueId> copies;
    for (ir::ValueId id : values) {
      if (id == ir::kNoValue) {
        copies.push_back(id);
        continue;
      }
      auto [at, is_new] = copies_.emplace(id, ir::kNoValue);
      if (is_new) at->second = graph_.AddValue(body_.value(id));
      copies.push_back(at->second);
    }
    return copies;
  }

  const ir::Graph& body_;
  ir::Graph& graph_;
  std::unordered_map<ir::ValueId, ir::ValueId> copies_;  // by value of the body
};

}  // namespace

absl::StatusOr<int> InlineComposites(const ir::Model& model, ir::Graph& graph) {
  int inlined = 0;
  for (ir::NodeId id : graph.Order()) {
    if (graph.node(id).op() != kComposite) continue;
    const std::vector<int> callees = ops::CalledGraphs(graph.node(id));
    std::set<int> callers;
    const ir::Graph* body = callees.size() == 1 && CallsEnd(model, callees[0], callers) ? GraphAt(model, callees[0])
                                                                                        : nullptr;
    if (body == nullptr || body == &graph || !CanInline(*body, graph.node(id))) continue;
    Inliner(*body, graph).Replace(id);
    ++inlined;
  }
  return inlined;
}

}  // namespace zeropoint::passes
