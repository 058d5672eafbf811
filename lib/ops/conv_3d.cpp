// CONV_3D: NDHWC convolution, filter [d, h, w, in, out].
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/activation.h"
#include "ops/conv_shape.h"
#include "ops/conv_volume.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr int kInput = 0, kFilter = 1, kBias = 2;

absl::Status Infer(InferContext& context) {
  const ir::Shape &input = context.input_shape(kInput), &filter = context.input_shape(kFilter);
  const int64_t channels = filter.ranked() && filter.rank() == kVolumeRank ? filter[4] : ir::kDynamic;
  ZP_RETURN_IF_ERROR(CheckVolumeOperands(context, kInput, kFilter, kBias, channels));
  ZP_ASSIGN_OR_RETURN(const VolumeSliding sliding, VolumeSlidingOf(context.attrs()));
  if (input.ranked() && filter.ranked() && !Compatible(input[4], filter[3])) return FilterMisfit(filter, input);
  ir::Shape to{input.ranked() ? input[0] : ir::kDynamic, ir::kDynamic, ir::kDynamic, ir::kDynamic, channels};
  for (int i = 0; i < kSpatialDims; ++i) {
    const size_t axis = static_cast<size_t>(i);
    ZP_ASSIGN_OR_RETURN(const int64_t size, SlidingSize(input.ranked() ? input[i + 1] : ir::kDynamic,
                                                        filter.ranked() ? filter[i] : ir::kDynamic,
                                                        sliding.stride[axis], sliding.dilation[axis], sliding.same));
    to.set(i + 1, size);
  }
  context.set_output(0, context.input_type(kInput), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloats(context));
  ZP_ASSIGN_OR_RETURN(const VolumeSliding sliding, VolumeSlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  const TensorView &input = context.inputs[kInput], &filter = context.inputs[kFilter];
  const MutableView& to = context.outputs[0];
  if (to.elements() == 0) return absl::OkStatus();
  const int64_t in = filter.dim(3), out = filter.dim(4);
  StartWithBias(OptionalFloats(context, kBias), out, to);
  const int64_t in_batch = input.elements() / input.dim(0), out_batch = to.elements() / to.dim(0);
  for (int64_t batch = 0; batch < input.dim(0); ++batch) {
    const float* x = input.As<float>() + batch * in_batch;
    float* y = to.As<float>() + batch * out_batch;
    ForEachTap(SpatialOf(input.dims, 1), SpatialOf(to.dims, 1), SpatialOf(filter.dims, 0), sliding,
               [&](int64_t wide, int64_t narrow, int64_t tap) {
                 float* sums = y + narrow * out;
                 const float* weights = filter.As<float>() + tap * in * out;
                 for (int64_t i = 0; i < in; ++i, weights += out) {
                   const float value = x[wide * in + i];
                   for (int64_t o = 0; o < out; ++o) sums[o] += value * weights[o];
                 }
               });
  }
  ClampAll(clamp, to);
  return absl::OkStatus();
}

}  // namespace

OpDef Conv3d() {
  OpDef def = VolumeRecord(3);
  def.name = "CONV_3D";
  def.code = schema::BuiltinOperator_CONV_3D;
  def.tf = {{"Conv3D", ImportVolume}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.runtime = {.hybrid = kNever, .int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
