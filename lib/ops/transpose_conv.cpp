// TRANSPOSE_CONV: the gradient of a convolution; operands are the result's shape, weights [out, h, w, in], the input
// and an optional bias. tf.Conv2DBackpropInput becomes it in passes/legalize.
#include "kernels/integer.h"
#include "ops/activation.h"
#include "ops/conv_shape.h"
#include "ops/hybrid.h"
#include "ops/quantized_conv.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr int kOutputShape = 0, kWeights = 1, kInput = 2, kBias = 3;

// Rows (or columns) of the result must be what the forward convolution maps to the input's.
absl::Status CheckSize(int64_t result, int64_t input, int64_t kernel, int64_t stride, bool same) {
  if (result == ir::kDynamic || input == ir::kDynamic || kernel == ir::kDynamic) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(const int64_t size, SlidingSize(result, kernel, stride, 1, same));
  if (size == input) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("a result of ", result, " needs an input of ", size, ", not ", input));
}

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 3, 4));
  ZP_RETURN_IF_ERROR(CheckType(context, kOutputShape, {ElementType::kInt32}));
  ZP_RETURN_IF_ERROR(CheckReal(context, kWeights));
  ZP_RETURN_IF_ERROR(CheckReal(context, kInput));
  ZP_RETURN_IF_ERROR(CheckRank(context, kWeights, 4, "filter"));
  ZP_RETURN_IF_ERROR(CheckRank(context, kInput, 4, "input"));
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs()));
  const ir::Shape& filter = context.input_shape(kWeights);
  const ir::Shape& input = context.input_shape(kInput);
  const int64_t channels = filter.ranked() ? filter[0] : ir::kDynamic;
  ZP_RETURN_IF_ERROR(CheckBias(context, kBias, channels));
  ir::Shape shape{input.ranked() ? input[0] : ir::kDynamic, ir::kDynamic, ir::kDynamic, channels};
  if (const auto dims = context.input_ints(kOutputShape)) {
    if (dims->size() != 4) return absl::InvalidArgumentError("the result's shape must have 4 elements");
    for (int i = 0; i < 4; ++i) {
      const int64_t dim = (*dims)[static_cast<size_t>(i)];
      if (dim < ir::kDynamic || !Compatible(dim, shape[i])) {
        return absl::InvalidArgumentError(absl::StrCat("dimension ", i, " of the result's shape is ", dim));
      }
      shape.set(i, Known(dim, shape[i]));
    }
  }
  if (filter.ranked() && input.ranked()) {
    if (!Compatible(filter[3], input[3])) return FilterMisfit(filter, input);
    ZP_RETURN_IF_ERROR(CheckSize(shape[1], input[1], filter[1], sliding.stride_h, sliding.same));
    ZP_RETURN_IF_ERROR(CheckSize(shape[2], input[2], filter[2], sliding.stride_w, sliding.same));
  }
  context.set_output(0, context.input_type(kInput), std::move(shape));
  return absl::OkStatus();
}

// Null when the filter is not constant.
std::unique_ptr<kernels::PackedTransposeConv> PackFilter(const TensorView& filter, const Sliding& sliding) {
  if (filter.data == nullptr || filter.type != ElementType::kFloat32 || filter.rank() != 4) return nullptr;
  return std::make_unique<kernels::PackedTransposeConv>(kernels::BestKernels(), filter.As<float>(), filter.dim(0),
                                                        filter.dim(1), filter.dim(2), filter.dim(3), sliding.stride_h,
                                                        sliding.stride_w);
}

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  return std::shared_ptr<const kernels::PackedTransposeConv>(PackFilter(context.inputs[kWeights], sliding));
}

absl::Status Eval(const EvalContext& context) {
  const TensorView& filter = context.inputs[kWeights];
  const TensorView& input = context.inputs[kInput];
  if (input.type != ElementType::kFloat32 || filter.type != ElementType::kFloat32) {
    return absl::UnimplementedError(absl::StrCat("the op has no kernel for ", Name(input.type)));
  }
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  std::unique_ptr<kernels::PackedTransposeConv> packed_now;
  const auto* packed = PreparedOrNow(context, packed_now, [&] { return PackFilter(filter, sliding); });
  if (packed == nullptr) return absl::InvalidArgumentError("the filter has no elements");
  const kernels::Window window = MakeWindow(context.outputs[0].dims, filter.dim(1), filter.dim(2), sliding, input.dims);
  packed->Run(window, input.As<float>(), OptionalFloats(context, kBias), clamp, context.outputs[0].As<float>(),
              context.scratch.Get(packed->ScratchBytes(window)));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const void>> PrepareQuantized(const PrepareContext& context) {
  return WidenWeights(context.inputs[kWeights]);
}

// Every element of the input, less zero_of(batch entry), adds its products to the results that it reaches. `window` is
// that of the forward convolution, so its `in` is the result. [batch, in_h, in_w, channels].
template <typename T, typename ZeroOf>
std::vector<int64_t> SumProducts(const kernels::Window& window, const T* x, ZeroOf zero_of, const int16_t* weights,
                                 int64_t channels, int64_t depth) {
  const int64_t taps = window.kernel_h * window.kernel_w;
  std::vector<int16_t> row(static_cast<size_t>(depth));
  std::vector<int64_t> products(static_cast<size_t>(channels * taps));
  std::vector<int64_t> sums(static_cast<size_t>(window.batch * window.in_h * window.in_w * channels), 0);
  ForEachPosition(window, [&](int64_t n, int64_t iy, int64_t ix) {
    kernels::Widen(x, depth, zero_of(n), row.data());
    x += depth;
    kernels::Products(row.data(), 1, weights, channels * taps, depth, products.data());
    for (int64_t ky = 0; ky < window.kernel_h; ++ky) {
      const int64_t oy = iy * window.stride_h - window.pad_top + ky;
      if (oy < 0 || oy >= window.in_h) continue;
      for (int64_t kx = 0; kx < window.kernel_w; ++kx) {
        const int64_t ox = ix * window.stride_w - window.pad_left + kx;
        if (ox < 0 || ox >= window.in_w) continue;
        int64_t* to = sums.data() + ((n * window.in_h + oy) * window.in_w + ox) * channels;
        const int64_t* from = products.data() + ky * window.kernel_w + kx;
        for (int64_t c = 0; c < channels; ++c) to[c] += from[c * taps];
      }
    }
  });
  return sums;
}

absl::Status EvalQuantized(const EvalContext& context) {
  const TensorView& filter = context.inputs[kWeights];
  const TensorView& input = context.inputs[kInput];
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  const MutableView& output = context.outputs[0];
  if (output.elements() == 0) return absl::OkStatus();
  if (input.type != output.type) return NoIntegerKernelFor(input.type);
  const int64_t channels = filter.dim(0), depth = filter.dim(3);
  ZP_ASSIGN_OR_RETURN(const SumToResult results,
                      SumToResult::Make(context, kInput, kWeights, kBias, channels, Rounding::kFixedPoint));
  std::shared_ptr<const WideWeights> now;
  ZP_ASSIGN_OR_RETURN(const int16_t* weights, WeightsOf(context, kWeights, now));
  const kernels::Window window = MakeWindow(output.dims, filter.dim(1), filter.dim(2), sliding, input.dims);
  return ForIntegers(context, 0, [&]<typename T>(T) -> absl::Status {
    const auto zero = [&](int64_t) { return results.input_zero(); };
    const std::vector<int64_t> sums = SumProducts(window, input.As<T>(), zero, weights, channels, depth);
    T* y = output.As<T>();
    for (size_t i = 0; i < sums.size(); ++i) y[i] = results.Apply<T>(static_cast<int64_t>(i) % channels, sums[i]);
    return absl::OkStatus();
  });
}

// Activations of a batch entry are rounded together, with a zero point whatever the weights are.
absl::Status EvalHybrid(const EvalContext& context) {
  const TensorView& filter = context.inputs[kWeights];
  const TensorView& input = context.inputs[kInput];
  const MutableView& output = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const Sliding sliding, SlidingOf(context.attrs));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  if (output.elements() == 0) return absl::OkStatus();
  const int64_t channels = filter.dim(0);
  ZP_ASSIGN_OR_RETURN(const WeightScales scales, WeightScalesOf(filter, channels));
  std::shared_ptr<const WideWeights> now;
  ZP_ASSIGN_OR_RETURN(const int16_t* weights, WeightsOf(context, kWeights, now));
  const kernels::Window window = MakeWindow(output.dims, filter.dim(1), filter.dim(2), sliding, input.dims);
  const QuantizedRows x =
      QuantizeRows(input.As<float>(), window.batch, input.elements() / window.batch, /*asymmetric=*/true);
  const auto row = [&](int64_t n) -> const RowParams& { return x.params[static_cast<size_t>(n)]; };
  const std::vector<int64_t> sums = SumProducts(
      window, x.elements.data(), [&](int64_t n) { return row(n).zero; }, weights, channels, filter.dim(3));
  const float* bias = OptionalFloats(context, kBias);
  float* y = output.As<float>();
  const int64_t entry = output.elements() / window.batch;
  for (int64_t i = 0; i < output.elements(); ++i) {
    const int64_t c = i % channels;
    float result = static_cast<float>(sums[static_cast<size_t>(i)]) * scales.of(c) * row(i / entry).scale;
    if (bias != nullptr) result += bias[c];
    y[i] = std::min(std::max(result, clamp.low), clamp.high);
  }
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  const ElementType in = context.input_type(kInput), weight = context.input_type(kWeights);
  if (in == ElementType::kInt16 && weight == ElementType::kInt8 && context.attrs().Int("quantized_bias_type") != 0)
    return 5;
  if (context.attrs().Int(kFusedActivation) != schema::ActivationFunctionType_NONE) return 4;
  // TF's 16x8 quantizer, which sets the type of the bias, writes 3 whether there is one or not.
  const bool bias_typed = context.attrs().Int("quantized_bias_type") != 0;
  if (context.num_inputs() == 4 || (in == ElementType::kInt8 && bias_typed)) return 3;
  return weight == ElementType::kInt8 ? 2 : 1;
}

}  // namespace

OpDef TransposeConv() {
  using Table = schema::TransposeConvOptions;
  OpDef def;
  def.name = "TRANSPOSE_CONV";
  def.code = schema::BuiltinOperator_TRANSPOSE_CONV;
  def.inputs = {3, 4};
  def.options = {schema::BuiltinOptions_TransposeConvOptions,
                 {{"padding", Table::VT_PADDING, FieldKind::kInt8},
                  {"stride_w", Table::VT_STRIDE_W, FieldKind::kInt32},
                  {"stride_h", Table::VT_STRIDE_H, FieldKind::kInt32},
                  {kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"quantized_bias_type", Table::VT_QUANTIZED_BIAS_TYPE, FieldKind::kInt8}}};
  def.infer = Infer;
  def.prepare = Prepare;
  def.eval_float = Eval;
  def.prepare_quantized = PrepareQuantized;
  def.eval_quantized = EvalQuantized;
  def.prepare_hybrid = PrepareHybrid;
  def.eval_hybrid = EvalHybrid;
  def.quant.inputs = {OperandSpec::Other(), OperandSpec::Weight(0), OperandSpec::Activation(), OperandSpec::Bias(2, 1)};
  def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.dynamic_range = {{1, 0, /*hybrid=*/true}};
  def.quant.int16_attrs = {{"quantized_bias_type", int64_t{schema::TensorType_INT64}}};
  def.version = Version;
  def.absorbs_activation = true;
  return def;
}

}  // namespace zeropoint::ops::records
