// CONV_3D_TRANSPOSE: the gradient of a 3-D convolution; operands are the result's shape, the filter [d, h, w, out, in],
// the input and an optional bias.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/activation.h"
#include "ops/conv_shape.h"
#include "ops/conv_volume.h"
#include "ops/data_movement.h"
#include "ops/elementwise.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr int kShape = 0, kFilter = 1, kInput = 2, kBias = 3;

absl::Status Infer(InferContext& context) {
  const ir::Shape &input = context.input_shape(kInput), &filter = context.input_shape(kFilter);
  const int64_t channels = filter.ranked() && filter.rank() == kVolumeRank ? filter[3] : ir::kDynamic;
  ZP_RETURN_IF_ERROR(CheckType(context, kShape, {ElementType::kInt32}));
  ZP_RETURN_IF_ERROR(CheckVolumeOperands(context, kInput, kFilter, kBias, channels));
  ZP_ASSIGN_OR_RETURN(const VolumeSliding sliding, VolumeSlidingOf(context.attrs()));
  if (input.ranked() && filter.ranked() && !Compatible(input[4], filter[4])) return FilterMisfit(filter, input);
  ZP_ASSIGN_OR_RETURN(ir::Shape to, ShapeFromInts(context, kShape));
  if (!to.ranked()) to = UnknownShape(kVolumeRank);
  bool fits = to.rank() == kVolumeRank && Compatible(to[4], channels);
  if (input.ranked()) fits = fits && Compatible(to[0], input[0]);
  for (int i = 0; fits && i < kSpatialDims; ++i) {
    if (!input.ranked() || !filter.ranked() || filter[i] == ir::kDynamic) continue;
    const size_t axis = static_cast<size_t>(i);
    const auto size = SlidingSize(to[i + 1], filter[i], sliding.stride[axis], sliding.dilation[axis], sliding.same);
    fits = size.ok() && Compatible(*size, input[i + 1]);
  }
  if (!fits) {
    return absl::InvalidArgumentError(
        absl::StrCat("a result ", to.ToString(), " is not convolved to ", input.ToString(), " by ", filter.ToString()));
  }
  if (input.ranked()) to.set(0, Known(to[0], input[0]));
  to.set(4, Known(to[4], channels));
  context.set_output(0, context.input_type(kInput), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView &input = context.inputs[kInput], &filter = context.inputs[kFilter];
  if (input.type != ElementType::kFloat32 || filter.type != ElementType::kFloat32) return NoKernelFor(input.type);
  ZP_ASSIGN_OR_RETURN(const VolumeSliding sliding, VolumeSlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  const MutableView& to = context.outputs[0];
  if (to.elements() == 0) return absl::OkStatus();
  const int64_t in = filter.dim(4), out = filter.dim(3);
  StartWithBias(OptionalFloats(context, kBias), out, to);
  const int64_t in_batch = input.elements() / input.dim(0), out_batch = to.elements() / to.dim(0);
  for (int64_t batch = 0; batch < input.dim(0); ++batch) {
    const float* x = input.As<float>() + batch * in_batch;
    float* y = to.As<float>() + batch * out_batch;
    ForEachTap(SpatialOf(to.dims, 1), SpatialOf(input.dims, 1), SpatialOf(filter.dims, 0), sliding,
               [&](int64_t wide, int64_t narrow, int64_t tap) {
                 const float* weights = filter.As<float>() + tap * in * out;
                 for (int64_t o = 0; o < out; ++o, weights += in) {
                   float sum = 0.0f;
                   for (int64_t i = 0; i < in; ++i) sum += x[narrow * in + i] * weights[i];
                   y[wide * out + o] += sum;
                 }
               });
  }
  ClampAll(clamp, to);
  return absl::OkStatus();
}

}  // namespace

OpDef Conv3dTranspose() {
  OpDef def = VolumeRecord(4);
  def.name = "CONV_3D_TRANSPOSE";
  def.code = schema::BuiltinOperator_CONV_3D_TRANSPOSE;
  def.tf = {{"Conv3DBackpropInputV2", ImportVolume}};
  def.infer = Infer;
  def.eval_float = Eval;
  return def;
}

}  // namespace zeropoint::ops::records
