// STABLEHLO_GATHER: for each index in operand 1 a box of slice_sizes of operand 0. An index has parts for the
// dimensions in start_index_map and is moved so that the box lies inside. The box's dimensions, but those in
// collapsed_slice_dims, are offset_dims of the result; its other dimensions count the indices.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/stablehlo.h"
#include "ops/stablehlo_indices.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Options = schema::StablehloGatherOptions;

constexpr char kOffset[] = "offset_dims", kCollapsed[] = "collapsed_slice_dims", kMap[] = "start_index_map",
               kPart[] = "index_vector_dim", kSizes[] = "slice_sizes";

absl::Status CheckSizes(absl::Span<const int64_t> sizes, absl::Span<const int64_t> collapsed, const ir::Shape& from) {
  for (size_t i = 0; i < sizes.size(); ++i) {
    const int64_t size = from[static_cast<int>(i)];
    const bool drops = std::find(collapsed.begin(), collapsed.end(), static_cast<int64_t>(i)) != collapsed.end();
    if (sizes[i] < 0 || (size != ir::kDynamic && sizes[i] > size) || (drops && sizes[i] != 1)) {
      return absl::InvalidArgumentError(
          absl::StrCat("slice size ", sizes[i], " in dimension ", i, " of ", from.ToString()));
    }
  }
  return absl::OkStatus();
}

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  const ir::Shape& indices = context.input_shape(1);
  const std::vector<int64_t> offset = context.attrs().Ints(kOffset), collapsed = context.attrs().Ints(kCollapsed),
                             map = context.attrs().Ints(kMap), sizes = context.attrs().Ints(kSizes);
  if (!from.ranked() || !indices.ranked()) {
    context.set_output(0, context.input_type(0), ir::Shape::Unranked());
    return absl::OkStatus();
  }
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(sizes, from.rank(), kSizes));
  ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(collapsed, from.rank(), kCollapsed));
  ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(map, from.rank(), kMap));
  ZP_RETURN_IF_ERROR(CheckSizes(sizes, collapsed, from));
  ZP_ASSIGN_OR_RETURN(const ir::Shape counts,
                      stablehlo::IndexCounts(indices, context.attrs().Int(kPart), static_cast<int64_t>(map.size())));
  const std::vector<int64_t> kept = stablehlo::OtherDimensions(collapsed, from.rank());
  const int rank = counts.rank() + static_cast<int>(kept.size());
  ZP_RETURN_IF_ERROR(stablehlo::CheckDimensions(offset, rank, kOffset));
  ZP_RETURN_IF_ERROR(stablehlo::CheckLength(offset, static_cast<int>(kept.size()), kOffset));
  const std::vector<int64_t> batch = stablehlo::OtherDimensions(offset, rank);
  ir::Shape to = UnknownShape(rank);
  for (size_t i = 0; i < kept.size(); ++i) to.set(static_cast<int>(offset[i]), sizes[static_cast<size_t>(kept[i])]);
  for (size_t i = 0; i < batch.size(); ++i) to.set(static_cast<int>(batch[i]), counts[static_cast<int>(i)]);
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const MutableView& to = context.outputs[0];
  if (to.elements() == 0) return absl::OkStatus();
  const std::vector<int64_t> offset = context.attrs.Ints(kOffset), map = context.attrs.Ints(kMap),
                             sizes = context.attrs.Ints(kSizes);
  const std::vector<int64_t> kept = stablehlo::OtherDimensions(context.attrs.Ints(kCollapsed), from.rank());
  const std::vector<int64_t> batch = stablehlo::OtherDimensions(offset, to.rank());
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  ZP_ASSIGN_OR_RETURN(const stablehlo::IndexVectors indices,
                      stablehlo::IndexVectors::Create(context.inputs[1], context.attrs.Int(kPart)));
  const ir::Dims from_dense = RowMajorStrides(from.dims), to_dense = RowMajorStrides(to.dims);
  ir::Dims box, from_strides, to_strides;
  for (size_t i = 0; i < kept.size(); ++i) {
    box.push_back(sizes[static_cast<size_t>(kept[i])]);
    from_strides.push_back(from_dense[static_cast<size_t>(kept[i])]);
    to_strides.push_back(to_dense[static_cast<size_t>(offset[i])]);
  }
  for (int64_t index = 0; index < indices.count(); ++index) {
    int64_t corner = 0;
    for (size_t k = 0; k < map.size(); ++k) {
      const size_t axis = static_cast<size_t>(map[k]);
      corner += std::clamp<int64_t>(indices.part(index, static_cast<int64_t>(k)), 0, from.dims[axis] - sizes[axis]) *
                from_dense[axis];
    }
    const int64_t target = stablehlo::OffsetAlong(index, to.dims, to_dense, batch);
    CopyStrided(box, width, from.As<uint8_t>() + static_cast<size_t>(corner) * width, from_strides,
                to.As<uint8_t>() + static_cast<size_t>(target) * width, to_strides);
  }
  return absl::OkStatus();
}

}  // namespace

OpDef StablehloGather() {
  OpDef def = stablehlo::Movement("STABLEHLO_GATHER", schema::BuiltinOperator_STABLEHLO_GATHER, {2, 2},
                                  {schema::BuiltinOptions2_StablehloGatherOptions,
                                   {{kOffset, Options::VT_OFFSET_DIMS, FieldKind::kLongs},
                                    {kCollapsed, Options::VT_COLLAPSED_SLICE_DIMS, FieldKind::kLongs},
                                    {kMap, Options::VT_START_INDEX_MAP, FieldKind::kLongs},
                                    {kPart, Options::VT_INDEX_VECTOR_DIM, FieldKind::kInt64},
                                    {kSizes, Options::VT_SLICE_SIZES, FieldKind::kLongs},
                                    {"indices_are_sorted", Options::VT_INDICES_ARE_SORTED, FieldKind::kBool}}},
                                  Infer, Eval);
  def.runtime = stablehlo::RealKernelOnly();
  return def;
}

}  // namespace zeropoint::ops::records
