// Shapes are inferred with a conspicuous number in place of one unknown dimension of one input; where it turns up
// again, there that dimension went. So the records' shape rules tell where dimensions come from, and nothing else has
// to.
#include "passes/lists/dimensions.h"

#include <algorithm>

#include "engine/inference.h"

namespace zeropoint::passes::lists {
namespace {

// Two primes, so that a dimension of that very size, or a sum that comes to it, is not mistaken for the mark.
constexpr int64_t kMarks[] = {10007, 10009};

int64_t DimensionOf(const ir::Shape& shape, int axis) {
  return shape.ranked() && axis < shape.rank() ? shape[axis] : ir::kDynamic;
}

// What dimension `axis` of the value is when dimension `input_axis` of an input is `mark`.
int64_t With(const ir::Model& model, int graph_index, size_t input, int input_axis, int64_t mark, ir::ValueId value,
             int axis) {
  const ir::Graph& graph = model.graphs[static_cast<size_t>(graph_index)];
  std::vector<ir::Shape> shapes;
  for (ir::ValueId id : graph.inputs) shapes.push_back(graph.value(id).shape);
  shapes[input].set(input_axis, mark);
  const auto facts = engine::InferGraph(graph, shapes, {&model, graph_index});
  return facts.ok() ? DimensionOf((*facts)[static_cast<size_t>(value)].shape, axis) : ir::kDynamic;
}

struct InputDimension {
  size_t input;
  int axis;
};

std::optional<InputDimension> FindInput(const ir::Model& model, const std::set<Port>& not_these, Port at, int axis) {
  const ir::Graph& graph = model.graphs[static_cast<size_t>(at.graph)];
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    if (graph.inputs[i] == at.value) return InputDimension{i, axis};
  }
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    if (not_these.count({at.graph, graph.inputs[i]}) != 0) continue;
    const ir::Shape& shape = graph.value(graph.inputs[i]).shape;
    for (int j = 0; shape.ranked() && j < shape.rank(); ++j) {
      if (shape[j] != ir::kDynamic) continue;
      const bool marked = std::all_of(std::begin(kMarks), std::end(kMarks), [&](int64_t mark) {
        return With(model, at.graph, i, j, mark, at.value, axis) == mark;
      });
      if (marked) return InputDimension{i, j};
    }
  }
  return std::nullopt;
}

// The one place that calls the graph; null when there are several.
const CallSite* OnlySite(absl::Span<const CallSite> sites, int callee) {
  const CallSite* found = nullptr;
  for (const CallSite& site : sites) {
    if (site.callee != callee) continue;
    if (found != nullptr) return nullptr;
    found = &site;
  }
  return found;
}

}  // namespace

std::optional<Dimension> TraceDimension(const ir::Model& model, absl::Span<const CallSite> sites,
                                        const std::set<Port>& not_these, Port at, int axis, int home) {
  // As many steps as graphs: a call that comes back to itself ends here.
  for (size_t step = 0; step <= model.graphs.size(); ++step) {
    const ir::Graph& graph = model.graphs[static_cast<size_t>(at.graph)];
    const int64_t known = DimensionOf(graph.value(at.value).shape, axis);
    // A loop that makes several of one is none that a first turn tells about.
    if (known != ir::kDynamic && (step == 0 || known != 1)) return Dimension{.known = known};
    if (known != ir::kDynamic) return std::nullopt;
    const std::optional<InputDimension> input = FindInput(model, not_these, at, axis);
    if (at.graph == home) {
      if (!input.has_value()) return Dimension{.value = at.value, .axis = axis};
      return Dimension{.value = graph.inputs[input->input], .axis = input->axis};
    }
    const CallSite* site = OnlySite(sites, at.graph);
    if (!input.has_value() || site == nullptr) return std::nullopt;
    const ir::Node& caller = model.graphs[static_cast<size_t>(site->caller.graph)].node(site->caller.node);
    const ir::ValueId operand = caller.input(site->first_operand + static_cast<int>(input->input));
    if (operand == ir::kNoValue) return std::nullopt;
    at = {site->caller.graph, operand};
    axis = input->axis;
  }
  return std::nullopt;
}

}  // namespace zeropoint::passes::lists
