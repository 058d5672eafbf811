// Types and shapes of every value, anew from the graph inputs. Applies once per value that changed, so that a phase
// that waits for shapes goes on as long as there are new ones.
#include <utility>

#include "engine/engine.h"
#include "passes/canonical/canonical.h"

namespace zeropoint::passes {

absl::StatusOr<int> InferShapes(ir::Graph& graph) {
  std::vector<std::pair<ElementType, ir::Shape>> before;
  before.reserve(static_cast<size_t>(graph.num_values()));
  for (ir::ValueId id = 0; id < graph.num_values(); ++id)
    before.emplace_back(graph.value(id).type, graph.value(id).shape);
  ZP_RETURN_IF_ERROR(engine::InferShapes(graph));
  int changed = 0;
  for (ir::ValueId id = 0; id < graph.num_values(); ++id) {
    const ir::Value& value = graph.value(id);
    const auto& [type, shape] = before[static_cast<size_t>(id)];
    changed += value.type != type || value.shape != shape ? 1 : 0;
  }
  return changed;
}

}  // namespace zeropoint::passes
