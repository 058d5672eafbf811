// Graphs of a model that no signature and no node needs.
#ifndef ZEROPOINT_PASSES_UNCALLED_GRAPHS_H_
#define ZEROPOINT_PASSES_UNCALLED_GRAPHS_H_

#include <vector>

#include "ir/graph.h"

namespace zeropoint::passes {

// By graph: whether the first graph or a signature's reaches it.
std::vector<bool> ReachableGraphs(const ir::Model& model);

// Removes the graphs that `reachable` told of before and that are so no more; nodes and signatures name the others by
// their new indices.
void RemoveUncalledGraphs(const std::vector<bool>& reachable, ir::Model& model);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_UNCALLED_GRAPHS_H_
