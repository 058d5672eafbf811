// DEPTHWISE_CONV_2D: NHWC convolution of each channel on its own, weights [1, h, w, in * multiplier].
// tf.DepthwiseConv2dNative becomes it in passes/legalize.
#include "kernels/integer.h"
#include "ops/activation.h"
#include "ops/conv_shape.h"
#include "ops/hybrid.h"
#include "ops/quantized_conv.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, CheckConv(context));
  const ir::Shape& input = context.input_shape(0);
  const ir::Shape& filter = context.input_shape(1);
  int64_t kernel_h = ir::kDynamic, kernel_w = ir::kDynamic, channels = ir::kDynamic;
  if (filter.ranked()) {
    kernel_h = filter[1], kernel_w = filter[2], channels = filter[3];
    const int64_t in = input.ranked() ? input[3] : ir::kDynamic;
    const bool known = in != ir::kDynamic && channels != ir::kDynamic;
    if (!Compatible(filter[0], 1) || (known && (in < 1 || channels % in != 0))) return FilterMisfit(filter, input);
  }
  return SetConvResult(context, sliding, kernel_h, kernel_w, channels);
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloats(context));
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  const TensorView& filter = context.inputs[1];
  const kernels::Window window =
      MakeWindow(context.inputs[0].dims, filter.dim(1), filter.dim(2), sliding, context.outputs[0].dims);
  kernels::DepthwiseConv2d(kernels::BestKernels(), window, context.inputs[0].As<float>(), filter.As<float>(),
                           OptionalFloats(context, 2), clamp, context.outputs[0].As<float>(),
                           context.scratch.Get(kernels::DepthwiseScratchBytes(window)), context.range);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const void>> PrepareQuantized(const PrepareContext& context) {
  return WidenWeights(context.inputs[1]);
}

absl::Status EvalQuantized(const EvalContext& context) {
  const TensorView& input = context.inputs[0];
  const TensorView& filter = context.inputs[1];
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  const int64_t channels = filter.dim(3);
  ZP_ASSIGN_OR_RETURN(const SumToResult results, SumToResult::Make(context, 0, 1, 2, channels, Rounding::kFixedPoint));
  std::shared_ptr<const WideWeights> now;
  ZP_ASSIGN_OR_RETURN(const int16_t* weights, WeightsOf(context, 1, now));
  const kernels::Window window = MakeWindow(input.dims, filter.dim(1), filter.dim(2), sliding, context.outputs[0].dims);
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    T* y = context.outputs[0].As<T>();
    const auto zero = [&](int64_t) { return results.input_zero(); };
    ConvolveIntegersDepthwise(window, input.As<T>(), zero, weights,
                              [&](int64_t, int64_t position, int64_t first, int64_t n, const auto* sums) {
                                results.ApplyRow(first, n, sums, y + position * channels + first);
                              });
    return absl::OkStatus();
  });
}

// Activations of a batch entry are rounded together, with a zero point.
absl::Status EvalHybrid(const EvalContext& context) {
  const TensorView& input = context.inputs[0];
  const TensorView& filter = context.inputs[1];
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  const int64_t channels = filter.dim(3);
  ZP_ASSIGN_OR_RETURN(const WeightScales scales, WeightScalesOf(filter, channels));
  std::shared_ptr<const WideWeights> now;
  ZP_ASSIGN_OR_RETURN(const int16_t* weights, WeightsOf(context, 1, now));
  const kernels::Window window = MakeWindow(input.dims, filter.dim(1), filter.dim(2), sliding, context.outputs[0].dims);
  const QuantizedRows x =
      QuantizeRows(input.As<float>(), window.batch, input.elements() / window.batch, /*asymmetric=*/true);
  const auto row = [&](int64_t n) -> const RowParams& { return x.params[static_cast<size_t>(n)]; };
  const float* bias = OptionalFloats(context, 2);
  float* y = context.outputs[0].As<float>();
  ConvolveIntegersDepthwise(
      window, x.elements.data(), [&](int64_t n) { return row(n).zero; }, weights,
      [&](int64_t n, int64_t position, int64_t, int64_t count, const int32_t* sums) {
        for (int64_t c = 0; c < count; ++c) {
          float result = static_cast<float>(sums[c]) * (scales.of(c) * row(n).scale);
          if (bias != nullptr) result += bias[c];
          y[position * channels + c] = std::min(std::max(result, clamp.low), clamp.high);
        }
      });
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  const ElementType in = context.input_type(0), weight = context.input_type(1);
  if (in == ElementType::kInt16) return weight == ElementType::kInt16 ? 5 : 3;
  if (in == ElementType::kFloat32 && weight == ElementType::kInt8) return IsPerChannel(context.input_quant(1)) ? 6 : 4;
  if (in == ElementType::kInt8) return weight == ElementType::kInt4 ? 7 : 3;
  const bool dilated =
      context.attrs().Int("dilation_w_factor", 1) != 1 || context.attrs().Int("dilation_h_factor", 1) != 1;
  return dilated ? 2 : 1;
}

}  // namespace

OpDef DepthwiseConv2d() {
  using Table = schema::DepthwiseConv2DOptions;
  OpDef def;
  def.name = "DEPTHWISE_CONV_2D";
  def.code = schema::BuiltinOperator_DEPTHWISE_CONV_2D;
  def.inputs = {2, 3};
  def.options = {schema::BuiltinOptions_DepthwiseConv2DOptions,
                 {{"padding", Table::VT_PADDING, FieldKind::kInt8},
                  {"stride_w", Table::VT_STRIDE_W, FieldKind::kInt32},
                  {"stride_h", Table::VT_STRIDE_H, FieldKind::kInt32},
                  {"depth_multiplier", Table::VT_DEPTH_MULTIPLIER, FieldKind::kInt32},
                  {kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"dilation_w_factor", Table::VT_DILATION_W_FACTOR, FieldKind::kInt32, 1},
                  {"dilation_h_factor", Table::VT_DILATION_H_FACTOR, FieldKind::kInt32, 1}}};
  def.infer = Infer;
  def.eval_float = Eval;
  def.prepare_quantized = PrepareQuantized;
  def.eval_quantized = EvalQuantized;
  def.prepare_hybrid = PrepareHybrid;
  def.eval_hybrid = EvalHybrid;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Weight(3), OperandSpec::Bias(0, 1)};
  def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.dynamic_range = {{1, 3, /*hybrid=*/true}};
  def.version = Version;
  def.absorbs_activation = true;
  return def;
}

}  // namespace zeropoint::ops::records
