// What ops that run other graphs of the model share.
#ifndef ZEROPOINT_OPS_CONTROL_FLOW_H_
#define ZEROPOINT_OPS_CONTROL_FLOW_H_

#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// The shape that both have: unknown where they differ.
ir::Shape CommonShape(const ir::Shape& a, const ir::Shape& b);

// Types and shapes of the operands from `first` on, as arguments of a call.
std::vector<TypedShape> Arguments(const InferContext& context, int first);
// Results are what any of the graphs may deliver; kInvalidArgument where their number or types differ.
absl::Status InferBranches(InferContext& context, absl::Span<const int64_t> graphs, int first_argument);
// Results are the loop's variables, whose shapes may change from turn to turn.
absl::Status InferLoop(InferContext& context, int condition, int body);

// The element of a bool tensor that has one; kInvalidArgument for others.
absl::StatusOr<bool> ReadCondition(const TensorView& condition);
// kUnimplemented where the node is evaluated alone.
absl::StatusOr<Runtime*> RuntimeOf(const EvalContext& context);
// Runs the graph on the operands from `first_argument` on; its results are the node's.
absl::Status EvalCall(const EvalContext& context, int graph, int first_argument);
absl::Status EvalLoop(const EvalContext& context, int condition, int body);

// Result `i` becomes a copy of the tensor, whatever its shape.
absl::Status CopyToOutput(const EvalContext& context, int i, const TensorView& from);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_CONTROL_FLOW_H_
