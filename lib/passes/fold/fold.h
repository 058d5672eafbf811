// What is known now is computed now. Each pass is described in the file of its name.
#ifndef ZEROPOINT_PASSES_FOLD_FOLD_H_
#define ZEROPOINT_PASSES_FOLD_FOLD_H_

#include "passes/pass.h"

namespace zeropoint::passes {

absl::StatusOr<int> FoldConstants(ir::Graph& graph);
absl::StatusOr<int> MaterializeShapes(ir::Graph& graph);
absl::StatusOr<int> WidenFloat16(ir::Graph& graph);
absl::StatusOr<int> WidenInt8Weights(ir::Graph& graph);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_FOLD_FOLD_H_
