// Branches and loops, over the border of the graphs they call. Each pass is described in the file of its name.
#ifndef ZEROPOINT_PASSES_CONTROL_FLOW_CONTROL_FLOW_H_
#define ZEROPOINT_PASSES_CONTROL_FLOW_CONTROL_FLOW_H_

#include "passes/pass.h"

namespace zeropoint::passes {

absl::StatusOr<int> InferCalledShapes(ir::Model& model);
absl::StatusOr<int> SinkConstants(ir::Model& model);
absl::StatusOr<int> InlineBranches(ir::Model& model);
absl::StatusOr<int> PruneCalls(ir::Model& model);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_CONTROL_FLOW_CONTROL_FLOW_H_
