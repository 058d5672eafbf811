// What the ops that trade space for depth or batch share.
#ifndef ZEROPOINT_OPS_BLOCK_COMMON_H_
#define ZEROPOINT_OPS_BLOCK_COMMON_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "base/status.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// --- SPACE_TO_DEPTH, DEPTH_TO_SPACE: images in NHWC, attribute "block_size"

// The usual record; the options table, infer and eval are the op's own.
OpDef BlockRecord(absl::string_view name, int32_t code, absl::string_view tf, InferFn infer, EvalFn eval);

// kInvalidArgument unless operand 0 may be an image and the block size is positive.
absl::Status CheckBlock(const InferContext& context);
// Copies between [n, h, block, w, block, c] (the image) and [n, h, w, block, block, c] (the deep one).
absl::Status CopyBlocks(const EvalContext& context, bool to_depth);

// --- SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND: block shape in operand 1, paddings or crops in operand 2

// The whole record, with an options table without fields; infer and eval are the op's own.
OpDef SpaceAndBatchRecord(absl::string_view name, int32_t code, int options, absl::string_view tf, InferFn infer,
                          EvalFn eval);

struct SpaceAndBatch {
  std::vector<int64_t> block, edges;  // edges: (before, after) by blocked dimension
};
// Nothing when an operand is not known yet.
absl::StatusOr<std::optional<SpaceAndBatch>> FindSpaceAndBatch(const InferContext& context);
absl::StatusOr<SpaceAndBatch> ReadSpaceAndBatch(const EvalContext& context);
// Copies between the space side, [batch, space..., rest], and the batch side, [block..., batch, space / block...,
// rest]. Elements of the batch side that lie in the edges have no counterpart and are left alone.
absl::Status CopySpaceAndBatch(const SpaceAndBatch& blocks, size_t width, const TensorView& from, const MutableView& to,
                               bool to_batch);

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_BLOCK_COMMON_H_
