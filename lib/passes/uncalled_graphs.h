// Which graphs of a model call which, and those that no signature and no node needs.
#ifndef ZEROPOINT_PASSES_UNCALLED_GRAPHS_H_
#define ZEROPOINT_PASSES_UNCALLED_GRAPHS_H_

#include <vector>

#include "ir/graph.h"

namespace zeropoint::passes {

// By graph: whether the first graph or a signature's reaches it.
std::vector<bool> ReachableGraphs(const ir::Model& model);

// The graphs that are not done yet and whose callers all are; empty when there are none. One of a circle of calls
// stands alone. The last are those that `reachable` never told of; those that it told of and that are so no more are
// left out.
std::vector<int> NextGraphs(const ir::Model& model, const std::vector<bool>& reachable, const std::vector<bool>& done);

// Removes the graphs that `reachable` told of before and that are so no more; nodes and signatures name the others by
// their new indices, and so does `reachable`.
void RemoveUncalledGraphs(std::vector<bool>& reachable, ir::Model& model);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_UNCALLED_GRAPHS_H_
