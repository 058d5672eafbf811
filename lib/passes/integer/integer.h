// Float ops without an integer kernel to ops that have one; on request, pipeline.cpp's IntegerPipeline. Each pass is
// described in the file of its name.
#ifndef ZEROPOINT_PASSES_INTEGER_INTEGER_H_
#define ZEROPOINT_PASSES_INTEGER_INTEGER_H_

#include "passes/pass.h"

namespace zeropoint::passes {

absl::StatusOr<int> SquareToMul(ir::Graph& graph);
absl::StatusOr<int> NegToMul(ir::Graph& graph);
absl::StatusOr<int> NotEqualToEqual(ir::Graph& graph);
absl::StatusOr<int> AddNToAdds(ir::Graph& graph);
absl::StatusOr<int> SquaredDifferenceToMul(ir::Graph& graph);
absl::StatusOr<int> PreluToRelu(ir::Graph& graph);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_INTEGER_INTEGER_H_
