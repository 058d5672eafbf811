// DEPTH_TO_SPACE: the channels of one pixel become a block of block_size x block_size pixels.
#include "absl/strings/str_cat.h"
#include "ops/block_common.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckBlock(context));
  const ir::Shape& from = context.input_shape(0);
  const int64_t block = context.attrs().Int("block_size");
  ir::Shape to = UnknownShape(4);
  if (from.ranked()) {
    to.set(0, from[0]);
    for (int i : {1, 2}) to.set(i, from[i] == ir::kDynamic ? ir::kDynamic : from[i] * block);
    if (from[3] != ir::kDynamic) {
      if (from[3] % (block * block) != 0) {
        return absl::InvalidArgumentError(absl::StrCat(from.ToString(), " has no channels for blocks of ", block));
      }
      to.set(3, from[3] / (block * block));
    }
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) { return CopyBlocks(context, /*to_depth=*/false); }

}  // namespace

namespace records {

OpDef DepthToSpace() {
  OpDef def = BlockRecord("DEPTH_TO_SPACE", schema::BuiltinOperator_DEPTH_TO_SPACE, "DepthToSpace", Infer, Eval);
  def.options = {schema::BuiltinOptions_DepthToSpaceOptions,
                 {{"block_size", schema::DepthToSpaceOptions::VT_BLOCK_SIZE, FieldKind::kInt32}}};
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
