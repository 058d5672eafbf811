// Puts tables in the place of functions that have no integer kernel. Private to lib/rewrite.
#ifndef ZEROPOINT_REWRITE_BY_TABLE_H_
#define ZEROPOINT_REWRITE_BY_TABLE_H_

#include "base/status.h"
#include "ir/graph.h"
#include "plan/plan.h"
#include "rewrite/names.h"

namespace zeropoint::rewrite {

// For a graph to which the plan has been applied: operands and results of the nodes that the plan decided `by_table`
// are int8 or int16 already.
absl::Status ExpandTables(ir::Graph& graph, const plan::GraphPlan& plan, Names& names);

}  // namespace zeropoint::rewrite

#endif  // ZEROPOINT_REWRITE_BY_TABLE_H_
