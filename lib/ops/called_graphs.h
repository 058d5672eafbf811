// Which other graphs of the model a node calls.
#ifndef ZEROPOINT_OPS_CALLED_GRAPHS_H_
#define ZEROPOINT_OPS_CALLED_GRAPHS_H_

#include <vector>

#include "absl/types/span.h"
#include "ir/graph.h"

namespace zeropoint::ops {

// Indices as the attributes name them, in the order of the record's fields, not checked against any model. None when
// the op has no record.
std::vector<int> CalledGraphs(const ir::Node& node);

// Every such index becomes new_index[index]; one that no graph has stays.
void RenumberCalledGraphs(absl::Span<const int> new_index, ir::Node& node);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_CALLED_GRAPHS_H_
