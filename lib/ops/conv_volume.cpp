#include "ops/conv_volume.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/activation.h"
#include "ops/conv_shape.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr const char* kStrides[] = {"stride_d", "stride_h", "stride_w"};
constexpr const char* kDilations[] = {"dilation_d_factor", "dilation_h_factor", "dilation_w_factor"};

bool LeavesBatchAndChannels(const std::vector<int64_t>& steps) {
  return steps.size() == kVolumeRank && steps.front() == 1 && steps.back() == 1;
}

}  // namespace

absl::StatusOr<VolumeSliding> VolumeSlidingOf(const ir::Attributes& attrs) {
  VolumeSliding sliding;
  sliding.same = attrs.Int("padding") == schema::Padding_SAME;
  for (size_t i = 0; i < kSpatialDims; ++i) {
    sliding.stride[i] = attrs.Int(kStrides[i], 1);
    sliding.dilation[i] = attrs.Int(kDilations[i], 1);
    if (sliding.stride[i] < 1 || sliding.dilation[i] < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("stride ", sliding.stride[i], " and dilation ", sliding.dilation[i], " must be at least 1"));
    }
  }
  return sliding;
}

absl::Status CheckVolumeOperands(const InferContext& context, int input, int filter, int bias, int64_t channels) {
  ZP_RETURN_IF_ERROR(CheckReal(context, input));
  ZP_RETURN_IF_ERROR(CheckReal(context, filter));
  ZP_RETURN_IF_ERROR(CheckRank(context, input, kVolumeRank, "input"));
  ZP_RETURN_IF_ERROR(CheckRank(context, filter, kVolumeRank, "filter"));
  return CheckBias(context, bias, channels);
}

Spatial PaddingOf(const Spatial& wide, const Spatial& narrow, const Spatial& kernel, const VolumeSliding& sliding) {
  Spatial padding{};
  for (size_t i = 0; sliding.same && i < kSpatialDims; ++i) {
    const int64_t reach = (kernel[i] - 1) * sliding.dilation[i] + 1;
    padding[i] = std::max<int64_t>(0, (narrow[i] - 1) * sliding.stride[i] + reach - wide[i]) / 2;
  }
  return padding;
}

void StartWithBias(const float* bias, int64_t channels, const MutableView& to) {
  float* y = to.As<float>();
  for (int64_t i = 0, n = to.elements(); i < n; ++i) y[i] = bias == nullptr ? 0.0f : bias[i % channels];
}

void ClampAll(const kernels::Clamp& clamp, const MutableView& to) {
  float* y = to.As<float>();
  for (int64_t i = 0, n = to.elements(); i < n; ++i) y[i] = std::min(clamp.high, std::max(clamp.low, y[i]));
}

OpDef VolumeRecord(int operands) {
  using Table = schema::Conv3DOptions;
  OpDef def;
  def.inputs = {operands - 1, operands};
  def.options = {schema::BuiltinOptions_Conv3DOptions,
                 {{"padding", Table::VT_PADDING, FieldKind::kInt8},
                  {kStrides[0], Table::VT_STRIDE_D, FieldKind::kInt32},
                  {kStrides[2], Table::VT_STRIDE_W, FieldKind::kInt32},
                  {kStrides[1], Table::VT_STRIDE_H, FieldKind::kInt32},
                  {kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {kDilations[0], Table::VT_DILATION_D_FACTOR, FieldKind::kInt32, 1},
                  {kDilations[2], Table::VT_DILATION_W_FACTOR, FieldKind::kInt32, 1},
                  {kDilations[1], Table::VT_DILATION_H_FACTOR, FieldKind::kInt32, 1}}};
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

absl::Status ImportVolume(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& tf = graph.node(id).attrs();
  const std::string format = tf.String("data_format", "NDHWC"), padding = tf.String("padding");
  const std::vector<int64_t> strides = tf.Ints("strides"), dilations = tf.Ints("dilations");
  if (format != "NDHWC") return absl::UnimplementedError(absl::StrCat("data format ", format, " is not one LiteRT op"));
  if (padding != "SAME" && padding != "VALID") {
    return absl::UnimplementedError(absl::StrCat("padding ", padding, " is not one LiteRT op"));
  }
  if (!LeavesBatchAndChannels(strides) || (!dilations.empty() && !LeavesBatchAndChannels(dilations))) {
    return absl::UnimplementedError("strides along the batch or the channels are not one LiteRT op");
  }
  ir::Attributes attrs;
  attrs.Set("padding", int64_t{padding == "SAME" ? schema::Padding_SAME : schema::Padding_VALID});
  for (size_t i = 0; i < kSpatialDims; ++i) {
    attrs.Set(kStrides[i], strides[i + 1]);
    attrs.Set(kDilations[i], dilations.empty() ? int64_t{1} : dilations[i + 1]);
  }
  attrs.Set(kFusedActivation, int64_t{schema::ActivationFunctionType_NONE});
  graph.node(id).info.attrs = std::move(attrs);
  const auto inputs = graph.node(id).inputs();
  std::vector<ir::ValueId> with_bias(inputs.begin(), inputs.end());
  with_bias.push_back(ir::kNoValue);
  graph.SetInputs(id, std::move(with_bias));
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
