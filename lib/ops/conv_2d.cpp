// CONV_2D: NHWC convolution, weights [out, h, w, in / groups]. tf.Conv2D becomes it in passes/legalize.
#include "kernels/integer.h"
#include "kernels/winograd.h"
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
    channels = filter[0], kernel_h = filter[1], kernel_w = filter[2];
    const int64_t in = input.ranked() ? input[3] : ir::kDynamic;
    const bool known = in != ir::kDynamic && filter[3] != ir::kDynamic;
    if (known && (filter[3] < 1 || in % filter[3] != 0 ||
                  (channels != ir::kDynamic && channels % std::max<int64_t>(1, in / filter[3]) != 0))) {
      return FilterMisfit(filter, input);
    }
  }
  return SetConvResult(context, sliding, kernel_h, kernel_w, channels);
}

// The filter as the kernel that suits it wants it: one of the two.
struct PackedFilter {
  std::unique_ptr<kernels::PackedWinograd> winograd;
  std::unique_ptr<kernels::PackedConv> direct;

  size_t ScratchBytes(const kernels::Window& window) const {
    return winograd != nullptr ? winograd->ScratchBytes(window) : direct->ScratchBytes(window);
  }
  template <typename... Args>
  void Run(const Args&... args) const {
    winograd != nullptr ? winograd->Run(args...) : direct->Run(args...);
  }
};

// Which kernel depends on the filter and its steps alone, so that a filter packed ahead of time and one packed when it
// is used give the same bits. Unset when the filter is not constant, or the input's channels (so the groups) are not
// known.
struct FilterPlan {
  kernels::Window steps{};  // over any height and width
  int64_t groups = 0;
  bool winograd = false;

  FilterPlan(const TensorView& input, const TensorView& filter, const Sliding& sliding) {
    const int64_t in = input.rank() == 4 ? input.dim(3) : ir::kDynamic;
    const int64_t depth = filter.rank() == 4 ? filter.dim(3) : 0;
    const bool ready = filter.data != nullptr && filter.type == ElementType::kFloat32 && in > 0 && depth > 0;
    if (!ready || in % depth != 0) return;
    groups = in / depth;
    steps = MakeWindow({1, 1, 1, in}, filter.dim(1), filter.dim(2), sliding, {1, 1, 1, filter.dim(0)});
    winograd = kernels::PackedWinograd::Suits(steps, groups);
  }
};

std::unique_ptr<PackedFilter> PackFilter(const TensorView& input, const TensorView& filter, const Sliding& sliding) {
  const FilterPlan plan(input, filter, sliding);
  if (plan.groups == 0) return nullptr;
  const kernels::KernelTable& best = kernels::BestKernels();
  auto packed = std::make_unique<PackedFilter>();
  if (plan.winograd) {
    packed->winograd = std::make_unique<kernels::PackedWinograd>(best, filter.As<float>(), plan.steps);
  } else {
    packed->direct = std::make_unique<kernels::PackedConv>(best, filter.As<float>(), filter.dim(0),
                                                           filter.dim(1) * filter.dim(2), filter.dim(3), plan.groups);
  }
  return packed;
}

size_t PreparedBytes(const PrepareContext& context) {
  const absl::StatusOr<Sliding> sliding = SlidingOf(context.attrs);
  const TensorView& filter = context.inputs[1];
  if (sliding.ok()) {
    const FilterPlan plan(context.inputs[0], filter, *sliding);
    if (plan.winograd) return kernels::PackedWinograd::PackedBytes(kernels::BestKernels(), plan.steps);
  }
  return filter.data == nullptr ? 0 : filter.bytes();
}

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  return std::shared_ptr<const PackedFilter>(PackFilter(context.inputs[0], context.inputs[1], sliding));
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloats(context));
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  const TensorView& filter = context.inputs[1];
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  std::unique_ptr<PackedFilter> packed_now;
  const auto* packed =
      PreparedOrNow(context, packed_now, [&] { return PackFilter(context.inputs[0], filter, sliding); });
  if (packed == nullptr) return absl::InvalidArgumentError("the filter does not fit the input");
  const kernels::Window window =
      MakeWindow(context.inputs[0].dims, filter.dim(1), filter.dim(2), sliding, context.outputs[0].dims);
  packed->Run(window, context.inputs[0].As<float>(), OptionalFloats(context, 2), clamp, context.outputs[0].As<float>(),
              context.scratch.Get(packed->ScratchBytes(window)), context.range);
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
  const int64_t channels = filter.dim(0), depth = filter.dim(3), groups = depth < 1 ? 0 : input.dim(3) / depth;
  if (groups < 1 || channels % groups != 0) return absl::InvalidArgumentError("the filter does not fit the input");
  ZP_ASSIGN_OR_RETURN(const SumToResult results, SumToResult::Make(context, 0, 1, 2, channels, Rounding::kFixedPoint));
  std::shared_ptr<const WideWeights> now;
  ZP_ASSIGN_OR_RETURN(const int16_t* weights, WeightsOf(context, 1, now));
  const kernels::Window window = MakeWindow(input.dims, filter.dim(1), filter.dim(2), sliding, context.outputs[0].dims);
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    T* y = context.outputs[0].As<T>();
    const auto zero = [&](int64_t) { return results.input_zero(); };
    ConvolveIntegers(window, input.As<T>(), zero, weights, groups,
                     [&](int64_t, int64_t position, int64_t first, int64_t n, const auto* sums) {
                       results.ApplyRow(first, n, sums, y + position * channels + first);
                     });
    return absl::OkStatus();
  });
}

// Activations of a batch entry are rounded together: with a zero point where the channels' scales differ or in groups,
// otherwise without.
absl::Status EvalHybrid(const EvalContext& context) {
  const TensorView& input = context.inputs[0];
  const TensorView& filter = context.inputs[1];
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  const int64_t channels = filter.dim(0), depth = filter.dim(3), groups = depth < 1 ? 0 : input.dim(3) / depth;
  if (groups < 1 || channels % groups != 0) return absl::InvalidArgumentError("the filter does not fit the input");
  ZP_ASSIGN_OR_RETURN(const WeightScales scales, WeightScalesOf(filter, channels));
  std::shared_ptr<const WideWeights> now;
  ZP_ASSIGN_OR_RETURN(const int16_t* weights, WeightsOf(context, 1, now));
  const kernels::Window window = MakeWindow(input.dims, filter.dim(1), filter.dim(2), sliding, context.outputs[0].dims);
  const bool asymmetric = !scales.all_equal() || groups > 1;
  const QuantizedRows x = QuantizeRows(input.As<float>(), window.batch, input.elements() / window.batch, asymmetric);
  const auto row = [&](int64_t n) -> const RowParams& { return x.params[static_cast<size_t>(n)]; };
  const float* bias = OptionalFloats(context, 2);
  float* y = context.outputs[0].As<float>();
  ConvolveIntegers(
      window, x.elements.data(), [&](int64_t n) { return row(n).zero; }, weights, groups,
      [&](int64_t n, int64_t position, int64_t first, int64_t count, const int32_t* sums) {
        for (int64_t c = first; c < first + count; ++c) {
          const float sum = static_cast<float>(*sums++);
          // Products in the order in which LiteRT takes them.
          float result = asymmetric ? sum * scales.of(c) * row(n).scale : sum * (row(n).scale * scales.of(c));
          if (bias != nullptr) result += bias[c];
          y[position * channels + c] = std::min(std::max(result, clamp.low), clamp.high);
        }
      });
  return absl::OkStatus();
}

bool IsGrouped(const VersionContext& context) {
  const ir::Shape& input = context.input_shape(0);
  const ir::Shape& filter = context.input_shape(1);
  return input.rank() == 4 && filter.rank() == 4 && input[3] != filter[3];
}

int Version(const VersionContext& context) {
  const ElementType in = context.input_type(0), weight = context.input_type(1);
  if (in == ElementType::kInt16 && weight == ElementType::kInt8 && context.attrs().Int("quantized_bias_type") != 0)
    return 8;
  if (IsGrouped(context)) return 6;
  if (in == ElementType::kInt16 && weight == ElementType::kInt16) return 4;
  if (in == ElementType::kInt8) return weight == ElementType::kInt4 ? 7 : 3;
  if (in == ElementType::kFloat32 && weight == ElementType::kInt8) return IsPerChannel(context.input_quant(1)) ? 5 : 2;
  return 1;
}

}  // namespace

OpDef Conv2d() {
  using Table = schema::Conv2DOptions;
  OpDef def;
  def.name = "CONV_2D";
  def.code = schema::BuiltinOperator_CONV_2D;
  def.inputs = {2, 3};
  def.options = {schema::BuiltinOptions_Conv2DOptions,
                 {{"padding", Table::VT_PADDING, FieldKind::kInt8},
                  {"stride_w", Table::VT_STRIDE_W, FieldKind::kInt32},
                  {"stride_h", Table::VT_STRIDE_H, FieldKind::kInt32},
                  {kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"dilation_w_factor", Table::VT_DILATION_W_FACTOR, FieldKind::kInt32, 1},
                  {"dilation_h_factor", Table::VT_DILATION_H_FACTOR, FieldKind::kInt32, 1},
                  {"quantized_bias_type", Table::VT_QUANTIZED_BIAS_TYPE, FieldKind::kInt8}}};
  def.infer = Infer;
  def.prepare = Prepare;
  def.prepared_bytes = PreparedBytes;
  def.eval_float = Eval;
  def.prepare_quantized = PrepareQuantized;
  def.eval_quantized = EvalQuantized;
  def.prepare_hybrid = PrepareHybrid;
  def.eval_hybrid = EvalHybrid;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Weight(0), OperandSpec::Bias(0, 1)};
  def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.dynamic_range = {{1, 0, /*hybrid=*/true}};
  def.quant.int16_attrs = {{"quantized_bias_type", int64_t{schema::TensorType_INT64}}};
  def.version = Version;
  def.absorbs_activation = true;
  return def;
}

}  // namespace zeropoint::ops::records
