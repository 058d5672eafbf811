// What NON_MAX_SUPPRESSION_V4 and _V5 share: boxes chosen by score, those that overlap a better one left out.
#ifndef ZEROPOINT_OPS_NON_MAX_SUPPRESSION_H_
#define ZEROPOINT_OPS_NON_MAX_SUPPRESSION_H_

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// The operands of both: boxes [n, 4] (two opposite corners y, x), scores [n], and scalars.
struct SuppressionOperand {
  enum { kBoxes, kScores, kMaxOutputs, kIouThreshold, kScoreThreshold, kSoftSigma };
};

// Checks the operands and gives every result the shape [max outputs] but the last, a scalar; `types` are the results'.
absl::Status InferSuppression(InferContext& context, absl::Span<const ElementType> types);

struct Selection {
  int32_t box;
  float score;
};
// `soft_sigma` 0: a box that overlaps a better one by iou_threshold or more is out. Else a smaller overlap lowers its
// score by a Gaussian of that width.
absl::StatusOr<std::vector<Selection>> SelectBoxes(const EvalContext& context, float soft_sigma);

// The boxes of the selection, then zeros.
void WriteBoxes(const std::vector<Selection>& selected, const MutableView& to);

// The one element of a float32 operand.
absl::StatusOr<float> FloatOperand(const EvalContext& context, int i);

// TF's attribute pad_to_max_output_size has no place in LiteRT, whose kernel always pads.
absl::Status ImportSuppression(ir::Graph& graph, ir::NodeId node);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_NON_MAX_SUPPRESSION_H_
