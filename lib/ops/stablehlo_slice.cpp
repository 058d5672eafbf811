// STABLEHLO_SLICE: every strides[i]-th element from start_indices[i] up to but not including limit_indices[i].
#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kStart[] = "start_indices", kLimit[] = "limit_indices", kStrides[] = "strides";

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  const std::vector<int64_t> start = context.attrs().Ints(kStart), limit = context.attrs().Ints(kLimit),
                             strides = context.attrs().Ints(kStrides);
  const int rank = from.ranked() ? from.rank() : static_cast<int>(start.size());
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(start, rank, kStart));
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(limit, rank, kLimit));
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(strides, rank, kStrides));
  ir::Shape to;
  for (size_t i = 0; i < start.size(); ++i) {
    const int64_t size = from.ranked() ? from[static_cast<int>(i)] : ir::kDynamic;
    const bool inside = size == ir::kDynamic || limit[i] <= size;
    if (start[i] < 0 || limit[i] < start[i] || strides[i] <= 0 || !inside) {
      return absl::InvalidArgumentError(absl::StrCat("slice ", start[i], ":", limit[i], ":", strides[i],
                                                     " is outside dimension ", i, " of ", from.ToString()));
    }
    to.Append((limit[i] - start[i]) / strides[i] + ((limit[i] - start[i]) % strides[i] != 0));
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const std::vector<int64_t> start = context.attrs.Ints(kStart), pace = context.attrs.Ints(kStrides);
  ir::Dims strides = RowMajorStrides(context.inputs[0].dims);
  int64_t corner = 0;
  for (size_t i = 0; i < strides.size(); ++i) {
    corner += start[i] * strides[i];
    strides[i] *= context.outputs[0].dims[i] > 1 ? pace[i] : 0;
  }
  return ReadStrided(context.inputs[0], corner, strides, context.outputs[0]);
}

}  // namespace

OpDef StablehloSlice() {
  using Options = schema::StablehloSliceOptions;
  return stablehlo::Movement("STABLEHLO_SLICE", schema::BuiltinOperator_STABLEHLO_SLICE, {1, 1},
                             {schema::BuiltinOptions2_StablehloSliceOptions,
                              {{kStart, Options::VT_START_INDICES, FieldKind::kLongs},
                               {kLimit, Options::VT_LIMIT_INDICES, FieldKind::kLongs},
                               {kStrides, Options::VT_STRIDES, FieldKind::kLongs}}},
                             Infer, Eval);
}

}  // namespace zeropoint::ops::records
