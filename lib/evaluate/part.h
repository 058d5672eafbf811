// Pieces of a graph, run by themselves: one node, or all that depends on some values.
#ifndef ZEROPOINT_EVALUATE_PART_H_
#define ZEROPOINT_EVALUATE_PART_H_

#include <memory>
#include <set>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "engine/engine.h"
#include "ir/graph.h"

namespace zeropoint::evaluate {

// Ids are those of the whole graph. Immutable: threads share it, each with a session of its own.
struct Part {
  std::unique_ptr<ir::Graph> graph;
  std::unique_ptr<const engine::Executable> executable;
  std::vector<ir::ValueId> inputs, outputs;
};

// `nodes` in order of execution. What they read and do not compute becomes an input, constants only where `given` has
// them. kUnimplemented where a node cannot run alone: it calls other graphs, or keeps something from run to run.
absl::StatusOr<Part> MakePart(const ir::Graph& whole, absl::Span<const ir::NodeId> nodes,
                              absl::Span<const ir::ValueId> outputs, const std::set<ir::ValueId>& given = {});

// The nodes that depend on some of the values, in order of execution.
std::vector<ir::NodeId> DependentsOf(const ir::Graph& graph, const std::set<ir::ValueId>& values);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_PART_H_
