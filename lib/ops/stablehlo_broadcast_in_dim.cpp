// STABLEHLO_BROADCAST_IN_DIM: dimension i of the operand becomes dimension broadcast_dimensions[i] of the result; a
// size of 1 and the dimensions that no operand has are repeated. The result tensor says the sizes.
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kDimensions[] = "broadcast_dimensions";

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ir::Shape to = context.output_shape(0);
  const std::vector<int64_t> dimensions = context.attrs().Ints(kDimensions);
  if (from.ranked() && to.ranked()) {
    ZP_RETURN_IF_ERROR(stablehlo::CheckLength(dimensions, from.rank(), kDimensions));
    ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(dimensions, to.rank(), kDimensions));
    for (int i = 0; i < from.rank(); ++i) {
      const int axis = static_cast<int>(dimensions[static_cast<size_t>(i)]);
      if (from[i] == 1 || from[i] == ir::kDynamic) continue;
      if (!Compatible(from[i], to[axis])) {
        return absl::InvalidArgumentError(absl::StrCat("cannot broadcast ", from.ToString(), " to ", to.ToString()));
      }
      to.set(axis, from[i]);
    }
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const std::vector<int64_t> dimensions = context.attrs.Ints(kDimensions);
  const ir::Dims dense = RowMajorStrides(from.dims);
  ir::Dims strides(context.outputs[0].dims.size(), 0);
  for (size_t i = 0; i < from.dims.size(); ++i) {
    const size_t axis = static_cast<size_t>(dimensions[i]);
    const bool repeats = from.dims[i] == 1;
    if (!repeats && from.dims[i] != context.outputs[0].dims[axis]) {
      return absl::InvalidArgumentError("the operand's sizes are not those of the result");
    }
    strides[axis] = repeats ? 0 : dense[i];
  }
  return ReadStrided(from, /*corner=*/0, strides, context.outputs[0]);
}

}  // namespace

OpDef StablehloBroadcastInDim() {
  using Options = schema::StablehloBroadcastInDimOptions;
  return stablehlo::Movement("STABLEHLO_BROADCAST_IN_DIM", schema::BuiltinOperator_STABLEHLO_BROADCAST_IN_DIM, {1, 1},
                             {schema::BuiltinOptions2_StablehloBroadcastInDimOptions,
                              {{kDimensions, Options::VT_BROADCAST_DIMENSIONS, FieldKind::kLongs}}},
                             Infer, Eval);
}

}  // namespace zeropoint::ops::records
