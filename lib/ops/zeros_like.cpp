// ZEROS_LIKE: zeros in the shape and type of the operand.

#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  context.set_output(0, context.input_type(0), context.input_shape(0));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const MutableView& to = context.outputs[0];
  ClearBytes(to.data, to.bytes());
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef ZerosLike() {
  return {.name = "ZEROS_LIKE",
          .code = schema::BuiltinOperator_ZEROS_LIKE,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ZerosLikeOptions, {}},
          .tf = {{"ZerosLike"}},
          .infer = Infer,
          .eval_float = Eval,
          .runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32, int32 and int64 only"}};
}

}  // namespace records
}  // namespace zeropoint::ops
