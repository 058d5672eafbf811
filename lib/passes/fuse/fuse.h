// Several ops to one. Each pass is described in the file of its name.
#ifndef ZEROPOINT_PASSES_FUSE_FUSE_H_
#define ZEROPOINT_PASSES_FUSE_FUSE_H_

#include "passes/pass.h"

namespace zeropoint::passes {

absl::StatusOr<int> FuseReluClips(ir::Graph& graph);
absl::StatusOr<int> FuseHardSwish(ir::Graph& graph);
absl::StatusOr<int> FuseGelu(ir::Graph& graph);
absl::StatusOr<int> FusePrelu(ir::Graph& graph);
absl::StatusOr<int> FuseSoftmax(ir::Graph& graph);
absl::StatusOr<int> FuseDilatedConv(ir::Graph& graph);
absl::StatusOr<int> FuseL2Normalization(ir::Graph& graph);
absl::StatusOr<int> FuseTransposeIntoBatchMatMul(ir::Graph& graph);
absl::StatusOr<int> FusePad(ir::Graph& graph);
absl::StatusOr<int> FuseScale(ir::Graph& graph);
absl::StatusOr<int> FuseBias(ir::Graph& graph);
absl::StatusOr<int> FuseIntoNext(ir::Graph& graph);
absl::StatusOr<int> FuseActivation(ir::Graph& graph);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_FUSE_FUSE_H_
