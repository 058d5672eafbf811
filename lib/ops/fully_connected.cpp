// FULLY_CONNECTED: rows times weights [out, in], plus bias. tf.MatMul becomes it in passes/legalize.
#include "kernels/convert.h"
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
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 3));
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ZP_RETURN_IF_ERROR(CheckReal(context, 1));
  ZP_RETURN_IF_ERROR(CheckRank(context, 1, 2, "weights"));
  const ir::Shape& input = context.input_shape(0);
  const ir::Shape& weights = context.input_shape(1);
  const int64_t units = weights.ranked() ? weights[0] : ir::kDynamic;
  const int64_t depth = weights.ranked() ? weights[1] : ir::kDynamic;
  ZP_RETURN_IF_ERROR(CheckBias(context, 2, units));
  const bool keep = context.attrs().Bool("keep_num_dims");
  const auto mismatch = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("weights ", weights.ToString(), " do not fit the input ", input.ToString()));
  };
  if (keep) {
    ir::Shape shape = input;
    if (input.ranked()) {
      if (input.rank() < 1 || !Compatible(input[input.rank() - 1], depth)) return mismatch();
      shape.set(input.rank() - 1, units);
    }
    context.set_output(0, context.input_type(0), std::move(shape));
    return absl::OkStatus();
  }
  // All dimensions but as many as make up one row of the weights become one.
  int64_t rows = ir::kDynamic;
  if (input.ranked() && input.IsStatic() && depth != ir::kDynamic) {
    const int64_t n = input.NumElements();
    if (depth < 1 || n % depth != 0) return mismatch();
    rows = n / depth;
  }
  context.set_output(0, context.input_type(0), ir::Shape{rows, units});
  return absl::OkStatus();
}

// A 1x1 convolution over one row of pixels.
std::unique_ptr<kernels::PackedConv> PackWeights(const TensorView& weights) {
  if (weights.data == nullptr || weights.type != ElementType::kFloat32 || weights.rank() != 2) return nullptr;
  return std::make_unique<kernels::PackedConv>(kernels::BestKernels(), weights.As<float>(), weights.dim(0), 1,
                                               weights.dim(1), 1);
}

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  return std::shared_ptr<const kernels::PackedConv>(PackWeights(context.inputs[1]));
}

// Calls body(first, weights of some units from `first` on) for all units, at most kPackedPartBytes of them at a time,
// when their elements take `element_bytes` each. A whole number of panels, which is even as well: two weights of 4 bits
// share a byte.
template <typename Body>
absl::Status ForParts(const TensorView& weights, size_t element_bytes, const Body& body) {
  constexpr int64_t kPanel = 32;
  const int64_t units = weights.dim(0), depth = weights.dim(1);
  const int64_t fit = static_cast<int64_t>(kPackedPartBytes / element_bytes) / std::max<int64_t>(1, depth);
  const int64_t part = std::max<int64_t>(1, fit / kPanel) * kPanel;
  for (int64_t first = 0; first < units; first += part) {
    const int64_t dims[] = {std::min(part, units - first), depth};
    TensorView rows = weights;
    rows.dims = dims;
    rows.data = static_cast<const uint8_t*>(weights.data) + ByteSize(weights.type, static_cast<size_t>(first * depth));
    ZP_RETURN_IF_ERROR(body(first, rows));
  }
  return absl::OkStatus();
}

// One row of pixels to as many.
kernels::Window RowsTimes(const TensorView& weights, int64_t rows) {
  kernels::Window window;
  window.batch = window.in_h = window.out_h = window.kernel_h = window.kernel_w = 1;
  window.in_w = window.out_w = rows;
  window.in_c = weights.dim(1);
  window.out_c = weights.dim(0);
  return window;
}

// float16 weights as float32, in `floats`; others as they are.
TensorView Widened(TensorView weights, std::vector<float>& floats) {
  if (weights.type != ElementType::kFloat16) return weights;
  floats.resize(static_cast<size_t>(weights.elements()));
  kernels::FromHalf(weights.As<uint16_t>(), floats.size(), floats.data());
  weights.type = ElementType::kFloat32;
  weights.data = floats.data();
  return weights;
}

// Weights that were not packed ahead. The results of a part lie apart in the output, but for a single row.
absl::Status EvalInParts(const EvalContext& context, kernels::Clamp clamp) {
  const int64_t units = context.inputs[1].dim(0), rows = context.outputs[0].elements() / units;
  const float* bias = OptionalFloats(context, 2);
  float* y = context.outputs[0].As<float>();
  std::vector<float> floats;
  return ForParts(context.inputs[1], sizeof(float), [&](int64_t first, const TensorView& weights) -> absl::Status {
    const std::unique_ptr<kernels::PackedConv> packed = PackWeights(Widened(weights, floats));
    if (packed == nullptr) return absl::InvalidArgumentError("the weights have no elements");
    const kernels::Window window = RowsTimes(weights, rows);
    const size_t kernel_bytes = packed->ScratchBytes(window), n = static_cast<size_t>(window.out_c);
    const bool in_place = rows == 1 || window.out_c == units;
    char* memory = static_cast<char*>(
        context.scratch.Get(kernel_bytes + (in_place ? 0 : n * static_cast<size_t>(rows) * sizeof(float))));
    float* results = in_place ? y + first : reinterpret_cast<float*>(memory + kernel_bytes);
    packed->Run(window, context.inputs[0].As<float>(), bias == nullptr ? nullptr : bias + first, clamp, results, memory,
                context.range);
    for (int64_t r = 0; r < rows && !in_place; ++r) {
      std::copy_n(results + r * window.out_c, window.out_c, y + r * units + first);
    }
    return absl::OkStatus();
  });
}

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[1].type != ElementType::kFloat16) ZP_RETURN_IF_ERROR(CheckFloats(context));
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  if (context.prepared == nullptr) return EvalInParts(context, clamp);
  const auto& packed = *static_cast<const kernels::PackedConv*>(context.prepared);
  const kernels::Window window = RowsTimes(context.inputs[1], context.outputs[0].elements() / context.inputs[1].dim(0));
  packed.Run(window, context.inputs[0].As<float>(), OptionalFloats(context, 2), clamp, context.outputs[0].As<float>(),
             context.scratch.Get(packed.ScratchBytes(window)), context.range);
  return absl::OkStatus();
}

// body(first unit, units, their weights) for all at once when they were widened ahead, else in parts.
template <typename Body>
absl::Status ForWideParts(const EvalContext& context, int32_t zero, const Body& body) {
  const TensorView& weights = context.inputs[1];
  if (context.prepared != nullptr) {
    return body(0, weights.dim(0), static_cast<const WideWeights*>(context.prepared)->data());
  }
  return ForParts(weights, sizeof(int16_t), [&](int64_t first, const TensorView& part) -> absl::Status {
    const std::shared_ptr<const WideWeights> wide = WidenWeights(part, zero);
    if (wide == nullptr) return NoIntegerKernelFor(weights.type);
    return body(first, part.dim(0), wide->data());
  });
}

// Constant weights have none; those that are computed are activations, whose zero point LiteRT's kernel takes off.
int32_t WeightZero(const TensorView& weights) {
  return weights.quant != nullptr && weights.quant->zero_point.size() == 1
             ? static_cast<int32_t>(weights.quant->zero_point[0])
             : 0;
}

absl::StatusOr<std::shared_ptr<const void>> PrepareQuantized(const PrepareContext& context) {
  return WidenWeights(context.inputs[1], WeightZero(context.inputs[1]));
}

absl::Status EvalQuantized(const EvalContext& context) {
  const TensorView& input = context.inputs[0];
  const int64_t units = context.inputs[1].dim(0), depth = context.inputs[1].dim(1);
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(const SumToResult results, SumToResult::Make(context, 0, 1, 2, units, Rounding::kReal));
  std::vector<int16_t> row(static_cast<size_t>(depth));
  const int64_t rows = context.outputs[0].elements() / units;
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    std::vector<kernels::SumOf<T>> sums(static_cast<size_t>(units));
    T* y = context.outputs[0].As<T>();
    const auto multiply = [&](int64_t first, int64_t count, const int16_t* weights) {
      for (int64_t r = 0; r < rows; ++r) {
        kernels::Widen(input.As<T>() + r * depth, depth, results.input_zero(), row.data());
        kernels::Products(row.data(), 1, weights, count, depth, sums.data());
        results.ApplyRow(first, count, sums.data(), y + r * units + first);
      }
      return absl::OkStatus();
    };
    return ForWideParts(context, WeightZero(context.inputs[1]), multiply);
  });
}

// Each row that the weights multiply is rounded apart.
absl::Status EvalHybrid(const EvalContext& context) {
  const int64_t units = context.inputs[1].dim(0), depth = context.inputs[1].dim(1);
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  if (context.outputs[0].elements() == 0) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(const WeightScales scales, WeightScalesOf(context.inputs[1], units));
  const int64_t rows = context.outputs[0].elements() / units;
  const QuantizedRows x =
      QuantizeRows(context.inputs[0].As<float>(), rows, depth, context.attrs.Bool("asymmetric_quantize_inputs"));
  const float* bias = OptionalFloats(context, 2);
  std::vector<int16_t> row(static_cast<size_t>(depth));
  std::vector<int32_t> sums(static_cast<size_t>(units));
  const auto multiply = [&](int64_t first, int64_t count, const int16_t* weights) {
    for (int64_t r = 0; r < rows; ++r) {
      const RowParams& params = x.params[static_cast<size_t>(r)];
      kernels::Widen(x.elements.data() + r * depth, depth, params.zero, row.data());
      kernels::Products(row.data(), 1, weights, count, depth, sums.data());
      float* y = context.outputs[0].As<float>() + r * units;
      for (int64_t c = first; c < first + count; ++c) {
        const float product = static_cast<float>(sums[static_cast<size_t>(c - first)]) * (params.scale * scales.of(c));
        y[c] = std::min(std::max((bias == nullptr ? 0.0f : bias[c]) + product, clamp.low), clamp.high);
      }
    }
    return absl::OkStatus();
  };
  return ForWideParts(context, 0, multiply);
}

int Version(const VersionContext& context) {
  const ElementType in = context.input_type(0), weight = context.input_type(1);
  const ir::Attributes& attrs = context.attrs();
  if (weight == ElementType::kInt2) return 14;
  if (in == ElementType::kInt16 && weight == ElementType::kInt4) return 13;
  if (in == ElementType::kFloat32 && weight == ElementType::kInt8 && IsPerChannel(context.input_quant(1))) return 12;
  if (in == ElementType::kInt16 && weight == ElementType::kInt8 && attrs.Int("quantized_bias_type") != 0) return 11;
  if (in == ElementType::kInt16 && weight == ElementType::kInt16) return 7;
  if (context.num_inputs() == 2) return 6;
  if (attrs.Bool("keep_num_dims")) return 5;
  if (in == ElementType::kInt8) return weight == ElementType::kInt4 ? 10 : 4;
  if (in == ElementType::kFloat32 && weight == ElementType::kInt8)
    return attrs.Bool("asymmetric_quantize_inputs") ? 9 : 3;
  return attrs.Int("weights_format") != schema::FullyConnectedOptionsWeightsFormat_DEFAULT ? 2 : 1;
}

}  // namespace

OpDef FullyConnected() {
  using Table = schema::FullyConnectedOptions;
  OpDef def;
  def.name = "FULLY_CONNECTED";
  def.code = schema::BuiltinOperator_FULLY_CONNECTED;
  def.inputs = {2, 3};
  def.options = {schema::BuiltinOptions_FullyConnectedOptions,
                 {{kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"weights_format", Table::VT_WEIGHTS_FORMAT, FieldKind::kInt8},
                  {"keep_num_dims", Table::VT_KEEP_NUM_DIMS, FieldKind::kBool},
                  {"asymmetric_quantize_inputs", Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool},
                  {"quantized_bias_type", Table::VT_QUANTIZED_BIAS_TYPE, FieldKind::kInt8}}};
  def.infer = Infer;
  def.prepare = Prepare;
  def.packs_in_parts = true;
  def.eval_float = Eval;
  def.prepare_quantized = PrepareQuantized;
  def.eval_quantized = EvalQuantized;
  def.prepare_hybrid = PrepareHybrid;
  def.eval_hybrid = EvalHybrid;
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Weight(0), OperandSpec::Bias(0, 1)};
  def.quant.outputs = {OperandSpec::Activation()};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.dynamic_range = {{1, 0, /*hybrid=*/true}};
  def.quant.dynamic_range_attrs = {{"asymmetric_quantize_inputs", true}};
  def.quant.dense = true;
  def.quant.int16_attrs = {{"quantized_bias_type", int64_t{schema::TensorType_INT64}}};
  def.version = Version;
  def.absorbs_activation = true;
  return def;
}

}  // namespace zeropoint::ops::records
