// Before: y = STABLEHLO_COMPOSITE(x) {decomposition_subgraph_index=1}, graph 1: b = NEG(a)
// After:  y = NEG(x)
//
// For schemes with integer activations: what crosses the border of a graph stays float32, so an attention block in its
// wrapping would be quantized apart from its neighbours; its name is of use to delegates that run it in float.
// Conditions: each result of the graph is the result of one of its nodes, once; nothing there keeps state; the graph
// does not call itself. Graphs that nobody calls any more are removed by the pass manager.
// Algebra: the built-in kernel of the op runs that graph.
#include <set>
#include <vector>

#include "ops/called_graphs.h"
#include "passes/canonical/canonical.h"
#include "passes/control_flow/calls.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kComposite = "STABLEHLO_COMPOSITE";

const ir::Graph* GraphAt(const ir::Model& model, int index) {
  return index >= 0 && static_cast<size_t>(index) < model.graphs.size() ? &model.graphs[static_cast<size_t>(index)]
                                                                        : nullptr;
}

// True when the graph's calls come to an end: none of those on the way to it is called again. `ending`: graphs of which
// that is known.
bool CallsEnd(const ir::Model& model, int index, std::set<int>& callers, std::set<int>& ending) {
  if (ending.count(index) > 0) return true;
  const ir::Graph* graph = GraphAt(model, index);
  if (graph == nullptr || !callers.insert(index).second) return false;
  for (ir::NodeId id : graph->Order()) {
    for (int callee : ops::CalledGraphs(graph->node(id))) {
      if (!CallsEnd(model, callee, callers, ending)) return false;
    }
  }
  callers.erase(index);
  ending.insert(index);
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

// The results stay the values that they are, so that they keep their names and readers.
void Inline(const ir::Graph& body, ir::Graph& graph, ir::NodeId call) {
  BodyCopy copy(body, graph);
  copy.Bind(body.inputs, graph.node(call).inputs());
  copy.Bind(body.outputs, graph.node(call).outputs());
  const ir::NodeId before = graph.next(call);
  graph.RemoveNode(call);
  copy.AddNodes(before);
}

}  // namespace

absl::StatusOr<int> InlineComposites(const ir::Model& model, ir::Graph& graph) {
  int inlined = 0;
  for (ir::NodeId id : graph.Order()) {
    if (graph.node(id).op() != kComposite) continue;
    const std::vector<int> callees = ops::CalledGraphs(graph.node(id));
    std::set<int> callers, ending;
    const ir::Graph* body =
        callees.size() == 1 && CallsEnd(model, callees[0], callers, ending) ? GraphAt(model, callees[0]) : nullptr;
    if (body == nullptr || body == &graph || !CanInline(*body, graph.node(id))) continue;
    Inline(*body, graph, id);
    ++inlined;
  }
  return inlined;
}

}  // namespace zeropoint::passes
