// SPACE_TO_BATCH_ND: pads (operand 2), then moves the positions within blocks (operand 1) to the batch dimension.
#include "absl/strings/str_cat.h"
#include "ops/block_common.h"
#include "ops/data_movement.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ZP_ASSIGN_OR_RETURN(const auto blocks, FindSpaceAndBatch(context));
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() : -1);
  if (from.ranked() && blocks) {
    to = from;
    for (size_t i = 0; i < blocks->block.size(); ++i) {
      const int axis = static_cast<int>(i) + 1;
      const int64_t block = blocks->block[i];
      if (to[0] != ir::kDynamic) to.set(0, to[0] * block);
      if (from[axis] == ir::kDynamic) continue;
      const int64_t padded = from[axis] + blocks->edges[2 * i] + blocks->edges[2 * i + 1];
      if (padded % block != 0) {
        return absl::InvalidArgumentError(absl::StrCat("dimension ", axis, " of ", from.ToString(), ", padded to ",
                                                       padded, ", has no whole blocks of ", block));
      }
      to.set(axis, padded / block);
    }
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const SpaceAndBatch blocks, ReadSpaceAndBatch(context));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  if (to.bytes() == 0) return absl::OkStatus();
  FillElements(to.data, ZeroElement(to).data(), width, to.elements());  // the padding
  return CopySpaceAndBatch(blocks, width, context.inputs[0], to, /*to_batch=*/true);
}

}  // namespace

namespace records {

OpDef SpaceToBatchNd() {
  return SpaceAndBatchRecord("SPACE_TO_BATCH_ND", schema::BuiltinOperator_SPACE_TO_BATCH_ND,
                             schema::BuiltinOptions_SpaceToBatchNDOptions, "SpaceToBatchND", Infer, Eval);
}

}  // namespace records
}  // namespace zeropoint::ops
