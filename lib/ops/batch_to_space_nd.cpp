// BATCH_TO_SPACE_ND: moves parts of the batch dimension to positions within blocks (operand 1), then crops (operand 2).
#include "absl/strings/str_cat.h"
#include "ops/block_common.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ZP_ASSIGN_OR_RETURN(const auto blocks, FindSpaceAndBatch(context));
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() : -1);
  if (from.ranked() && blocks) {
    to = from;
    int64_t group = 1;
    for (size_t i = 0; i < blocks->block.size(); ++i) {
      const int axis = static_cast<int>(i) + 1;
      group *= blocks->block[i];
      if (from[axis] == ir::kDynamic) continue;
      const int64_t size = from[axis] * blocks->block[i] - blocks->edges[2 * i] - blocks->edges[2 * i + 1];
      if (size < 0) {
        return absl::InvalidArgumentError(absl::StrCat("crops beyond dimension ", axis, " of ", from.ToString()));
      }
      to.set(axis, size);
    }
    if (from[0] != ir::kDynamic) {
      if (from[0] % group != 0) {
        return absl::InvalidArgumentError(absl::StrCat("a batch of ", from[0], " in blocks of ", group));
      }
      to.set(0, from[0] / group);
    }
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const SpaceAndBatch blocks, ReadSpaceAndBatch(context));
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  return CopySpaceAndBatch(blocks, width, context.inputs[0], to, /*to_batch=*/false);
}

}  // namespace

namespace records {

OpDef BatchToSpaceNd() {
  return SpaceAndBatchRecord("BATCH_TO_SPACE_ND", schema::BuiltinOperator_BATCH_TO_SPACE_ND,
                             schema::BuiltinOptions_BatchToSpaceNDOptions, "BatchToSpaceND", Infer, Eval);
}

}  // namespace records
}  // namespace zeropoint::ops
