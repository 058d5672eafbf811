// One form for what can be written in several. Each pass is described in the file of its name.
#ifndef ZEROPOINT_PASSES_CANONICAL_CANONICAL_H_
#define ZEROPOINT_PASSES_CANONICAL_CANONICAL_H_

#include "passes/pass.h"

namespace zeropoint::passes {

absl::StatusOr<int> InferShapes(ir::Graph& graph);
absl::StatusOr<int> RemoveDead(ir::Graph& graph);
absl::StatusOr<int> RemoveNoOps(ir::Graph& graph);
absl::StatusOr<int> OrderOperands(ir::Graph& graph);
absl::StatusOr<int> NarrowIndices(ir::Graph& graph);
absl::StatusOr<int> SqueezeToReshape(ir::Graph& graph);
absl::StatusOr<int> ExpandDimsToReshape(ir::Graph& graph);
absl::StatusOr<int> PackToReshape(ir::Graph& graph);
absl::StatusOr<int> ReshapeByOperand(ir::Graph& graph);
absl::StatusOr<int> MergeMoves(ir::Graph& graph);
absl::StatusOr<int> MoveAfterElementwise(ir::Graph& graph);
absl::StatusOr<int> MovePairsAfterElementwise(ir::Graph& graph);
absl::StatusOr<int> DropLeadingOnes(ir::Graph& graph);
absl::StatusOr<int> MergeDuplicates(ir::Graph& graph);
absl::StatusOr<int> MergeEqualConstants(ir::Graph& graph);
absl::StatusOr<int> MergeConstants(ir::Graph& graph);
absl::StatusOr<int> SimplifyStridedSlice(ir::Graph& graph);
absl::StatusOr<int> BatchMatMulToFullyConnected(ir::Graph& graph);
absl::StatusOr<int> RemoveReshapesAroundFullyConnected(ir::Graph& graph);
absl::StatusOr<int> DivideByConstant(ir::Graph& graph);
absl::StatusOr<int> UseCheaperOps(ir::Graph& graph);
absl::StatusOr<int> InlineComposites(const ir::Model& model, ir::Graph& graph);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_CANONICAL_CANONICAL_H_
