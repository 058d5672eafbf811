// What ARG_MAX and ARG_MIN share: the position of an extreme along an axis (operand 1), the first of equals.
#ifndef ZEROPOINT_OPS_ARG_COMMON_H_
#define ZEROPOINT_OPS_ARG_COMMON_H_

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

absl::Status InferArg(InferContext& context);
absl::Status EvalArg(const EvalContext& context, bool largest);
absl::Status ImportArg(ir::Graph& graph, ir::NodeId node);
QuantSpec ArgQuantization();
int ArgVersion(const VersionContext& context);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_ARG_COMMON_H_
