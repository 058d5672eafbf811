// Every pass, by folder; each stands in the file of its name and is described there. The order is pipeline.cpp's.
#ifndef ZEROPOINT_PASSES_PASSES_H_
#define ZEROPOINT_PASSES_PASSES_H_

#include "passes/pass.h"

namespace zeropoint::passes {

// --- legalize: TF nodes to LiteRT ops
absl::StatusOr<int> RemoveForwarders(ir::Graph& graph);
absl::StatusOr<int> LegalizeChannelsFirst(ir::Graph& graph);
absl::StatusOr<int> LegalizeConv2D(ir::Graph& graph);
absl::StatusOr<int> LegalizeDepthwiseConv2D(ir::Graph& graph);
absl::StatusOr<int> LegalizeTransposeConv(ir::Graph& graph);
absl::StatusOr<int> LegalizeMatMul(ir::Graph& graph);
absl::StatusOr<int> LegalizeEinsum(ir::Graph& graph);
absl::StatusOr<int> LegalizeBiasAdd(ir::Graph& graph);
absl::StatusOr<int> LegalizeBatchNorm(ir::Graph& graph);
absl::StatusOr<int> LegalizeRfft(ir::Graph& graph);
absl::StatusOr<int> SplitComplex(ir::Graph& graph);
absl::StatusOr<int> LegalizeTrigonometry(ir::Graph& graph);
absl::StatusOr<int> LegalizeBits(ir::Graph& graph);
absl::StatusOr<int> LegalizeRoll(ir::Graph& graph);
absl::StatusOr<int> LegalizeBandPart(ir::Graph& graph);
absl::StatusOr<int> LegalizeDiagonals(ir::Graph& graph);
absl::StatusOr<int> LegalizeCumulative(ir::Graph& graph);
absl::StatusOr<int> LegalizeSearchSorted(ir::Graph& graph);
absl::StatusOr<int> LegalizeScatterUpdate(ir::Graph& graph);
absl::StatusOr<int> LegalizeVolumes(ir::Graph& graph);
absl::StatusOr<int> LegalizeSuppression(ir::Graph& graph);
absl::StatusOr<int> LegalizeRenamedForms(ir::Graph& graph);
absl::StatusOr<int> LegalizeErf(ir::Graph& graph);
absl::StatusOr<int> LegalizeStridedSlice(ir::Graph& graph);  // canonical/strided_slice.cpp
absl::StatusOr<int> LegalizeComposites(ir::Graph& graph);
absl::StatusOr<int> LegalizeOneToOne(ir::Graph& graph);
absl::StatusOr<int> WriteCustom(ir::Graph& graph);
absl::StatusOr<int> ReportUnsupported(const ir::Model& model, ir::Graph& graph);

// --- canonical: one form for what can be written in several
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
absl::StatusOr<int> MergeDuplicates(ir::Graph& graph);
absl::StatusOr<int> MergeEqualConstants(ir::Graph& graph);
absl::StatusOr<int> MergeConstants(ir::Graph& graph);
absl::StatusOr<int> SimplifyStridedSlice(ir::Graph& graph);
absl::StatusOr<int> BatchMatMulToFullyConnected(ir::Graph& graph);
absl::StatusOr<int> RemoveReshapesAroundFullyConnected(ir::Graph& graph);
absl::StatusOr<int> DivideByConstant(ir::Graph& graph);
absl::StatusOr<int> UseCheaperOps(ir::Graph& graph);
absl::StatusOr<int> InlineComposites(const ir::Model& model, ir::Graph& graph);

// --- control_flow: branches and loops, over the border of the graphs they call
absl::StatusOr<int> InferCalledShapes(ir::Model& model);
absl::StatusOr<int> SinkConstants(ir::Model& model);
absl::StatusOr<int> InlineBranches(ir::Model& model);
absl::StatusOr<int> PruneCalls(ir::Model& model);

// --- fold: what is known now is computed now
absl::StatusOr<int> FoldConstants(ir::Graph& graph);
absl::StatusOr<int> MaterializeShapes(ir::Graph& graph);
absl::StatusOr<int> WidenFloat16(ir::Graph& graph);
absl::StatusOr<int> WidenInt8Weights(ir::Graph& graph);

// --- fuse: several ops to one
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

// --- integer: float ops without an integer kernel to ops that have one; on request, pipeline.cpp's IntegerPipeline
absl::StatusOr<int> SquareToMul(ir::Graph& graph);
absl::StatusOr<int> NegToMul(ir::Graph& graph);
absl::StatusOr<int> NotEqualToEqual(ir::Graph& graph);
absl::StatusOr<int> AddNToAdds(ir::Graph& graph);
absl::StatusOr<int> SquaredDifferenceToMul(ir::Graph& graph);
absl::StatusOr<int> PreluToRelu(ir::Graph& graph);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_PASSES_H_
