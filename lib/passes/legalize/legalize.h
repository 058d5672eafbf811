// TF nodes to LiteRT ops. Each pass is described in the file of its name.
#ifndef ZEROPOINT_PASSES_LEGALIZE_LEGALIZE_H_
#define ZEROPOINT_PASSES_LEGALIZE_LEGALIZE_H_

#include "passes/pass.h"

namespace zeropoint::passes {

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
absl::StatusOr<int> LegalizeQuantizeAndDequantize(ir::Graph& graph);
absl::StatusOr<int> LegalizeVolumes(ir::Graph& graph);
absl::StatusOr<int> LegalizeSuppression(ir::Graph& graph);
absl::StatusOr<int> LegalizeRenamedForms(ir::Graph& graph);
absl::StatusOr<int> LegalizeErf(ir::Graph& graph);
absl::StatusOr<int> LegalizeStridedSlice(ir::Graph& graph);  // canonical/strided_slice.cpp
absl::StatusOr<int> LegalizeComposites(ir::Graph& graph);
absl::StatusOr<int> LegalizeOneToOne(ir::Graph& graph);
absl::StatusOr<int> WriteCustom(ir::Graph& graph);
absl::StatusOr<int> ReportUnsupported(const ir::Model& model, ir::Graph& graph);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_LEGALIZE_LEGALIZE_H_
