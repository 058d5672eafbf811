// STABLEHLO_DYNAMIC_SLICE: a box of slice_sizes from the corner that the operands after the first name, one scalar for
// a dimension; a corner from which the box would reach outside is moved inside.
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "ops/stablehlo_corner.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kSizes[] = "slice_sizes";

absl::Status Infer(InferContext& context) {
  const std::vector<int64_t> sizes = context.attrs().Ints(kSizes);
  ZP_RETURN_IF_ERROR(stablehlo::CheckBox(context, ir::Shape(sizes), /*first_index=*/1));
  context.set_output(0, context.input_type(0), ir::Shape(sizes));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const int64_t corner, stablehlo::Corner(context, context.outputs[0].dims, /*first_index=*/1));
  return ReadStrided(from, corner, RowMajorStrides(from.dims), context.outputs[0]);
}

}  // namespace

OpDef StablehloDynamicSlice() {
  return stablehlo::Movement("STABLEHLO_DYNAMIC_SLICE", schema::BuiltinOperator_STABLEHLO_DYNAMIC_SLICE, {1, kMany},
                             {schema::BuiltinOptions2_StablehloDynamicSliceOptions,
                              {{kSizes, schema::StablehloDynamicSliceOptions::VT_SLICE_SIZES, FieldKind::kLongs}}},
                             Infer, Eval);
}

}  // namespace zeropoint::ops::records
