// A function of one integer as a lookup in the table of its values, in ops that every LiteRT has.
#ifndef ZEROPOINT_OPS_TABLE_LOOKUP_H_
#define ZEROPOINT_OPS_TABLE_LOOKUP_H_

#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "ir/graph.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// f(x) for each x, where f is the node's function of operand 0; the other operands are constants with one element.
absl::StatusOr<std::vector<float>> FunctionValues(const OpDef& op, const ir::Graph& graph, ir::NodeId node,
                                                  absl::Span<const float> arguments);

// The values that a lookup needs beside operand 0 and the result.
struct LookupValues {
  ir::ValueId table;   // constant, [n]: one element for each value of operand 0, from the smallest on
  ir::ValueId offset;  // constant, int32, []: what turns the smallest value of operand 0 into 0
  ir::ValueId wide;    // int32, of operand 0's shape: operand 0
  ir::ValueId index;   // int32, of operand 0's shape: the element of the table
};
// Before: result = f(x, ...)
// After:  wide = CAST(x); index = ADD(wide, offset); result = GATHER(table, index)
void BecomeLookup(ir::Graph& graph, ir::NodeId node, const LookupValues& values);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_TABLE_LOOKUP_H_
