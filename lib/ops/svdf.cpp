// SVDF: a layer whose weights are outer products of features and time. A filter sees the last inputs through its
// feature weights, which are remembered in the state, and weighs them over time; `rank` filters add up to a unit.
#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "kernels/integer.h"
#include "ops/activation.h"
#include "ops/quantized.h"
#include "ops/quantized_conv.h"
#include "ops/recurrent.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

enum Operand { kInput, kFeatures, kTime, kBias, kState, kOperands };
constexpr char kRank[] = "rank";
// The int8 kernel adds products over time in 32 bits: weights of 10 bits leave room for long memories.
constexpr int kTimeSteps = 512;

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, kOperands));
  if (context.num_inputs() != kOperands) {
    return absl::InvalidArgumentError(
        absl::StrCat("the op takes ", kOperands, " operands, the node has ", context.num_inputs()));
  }
  for (int operand : {kFeatures, kTime, kState}) {
    if (!context.has_input(operand)) {
      return absl::InvalidArgumentError(absl::StrCat("operand ", operand, " is required but absent"));
    }
  }
  ZP_ASSIGN_OR_RETURN(const int64_t batch, BatchOf(context, kInput, 2, false));
  const int64_t rank = context.attrs().Int(kRank), depth = DimOrDynamic(context, kInput, 1),
                filters = DimOrDynamic(context, kFeatures, 0), memory = DimOrDynamic(context, kTime, 1);
  if (rank < 1 || (filters != ir::kDynamic && filters % rank != 0)) {
    return absl::InvalidArgumentError(absl::StrCat("rank ", rank, " does not divide ", filters, " filters"));
  }
  if (depth == 0 || filters == 0 || memory == 0) return absl::InvalidArgumentError("the weights have no elements");
  const int64_t units = filters == ir::kDynamic ? ir::kDynamic : filters / rank;
  const bool known = filters != ir::kDynamic && memory != ir::kDynamic;
  ZP_RETURN_IF_ERROR(CheckShape(context, kFeatures, {filters, depth}));
  ZP_RETURN_IF_ERROR(CheckShape(context, kTime, {filters, memory}));
  ZP_RETURN_IF_ERROR(CheckShape(context, kBias, {units}));
  ZP_RETURN_IF_ERROR(CheckShape(context, kState, {batch, known ? filters * memory : ir::kDynamic}));
  context.set_output(0, context.input_type(kInput), {batch, units});
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  std::optional<GateProduct> product =
      GateProduct::Pack({OperandOrNone(context.inputs, kFeatures)}, context.attrs.Bool(kAsymmetricInputs));
  if (!product.has_value()) return std::shared_ptr<const void>();
  return std::make_shared<const GateProduct>(*std::move(product));
}

float Dot(const float* a, const float* b, int64_t n) {
  float sum = 0.0f;
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// With int8 weights, those over time multiply as real numbers.
absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloatsOrHybrid(context));
  std::optional<GateProduct> now;
  const auto* product = static_cast<const GateProduct*>(context.prepared);
  if (product == nullptr) {
    now = GateProduct::Pack({OperandOrNone(context.inputs, kFeatures)}, context.attrs.Bool(kAsymmetricInputs));
    if (!now.has_value()) return absl::InvalidArgumentError("the weights are no matrix of float32 or int8");
    product = &*now;
  }
  ZP_ASSIGN_OR_RETURN(const std::optional<kernels::Unary> activation, FusedFunction(context.attrs));
  ZP_ASSIGN_OR_RETURN(float* const state, StateOf(context, kState));
  const int64_t batch = context.inputs[kInput].dim(0), filters = product->units(),
                memory = context.inputs[kTime].dim(1), rank = context.attrs.Int(kRank), units = filters / rank;
  if (batch == 0) return absl::OkStatus();
  ScratchPlan plan;
  const size_t newest_at = plan.Add(batch * filters), scratch_at = plan.AddBytes(product->ScratchBytes(batch));
  auto* block = static_cast<char*>(context.scratch.Get(plan.bytes()));
  auto* newest = reinterpret_cast<float*>(block + newest_at);
  product->Run(context.inputs[kInput].As<float>(), batch, nullptr, newest, block + scratch_at);
  std::vector<float> real_time;
  ZP_ASSIGN_OR_RETURN(const float* const time, RealVector(context.inputs[kTime], real_time));
  const float* bias = OptionalFloats(context, kBias);
  float* out = context.outputs[0].As<float>();
  for (int64_t b = 0; b < batch; ++b) {
    for (int64_t u = 0; u < units; ++u) {
      float sum = bias == nullptr ? 0.0f : bias[u];
      for (int64_t f = u * rank; f < (u + 1) * rank; ++f) {
        float* remembered = state + (b * filters + f) * memory;
        std::copy(remembered + 1, remembered + memory, remembered);
        remembered[memory - 1] = newest[b * filters + f];
        sum += Dot(remembered, time + f * memory, memory);
      }
      *out++ = sum;
    }
  }
  ApplyInPlace(activation, context.outputs[0].As<float>(), batch * units);
  return absl::OkStatus();
}

constexpr absl::string_view kReluOnly = "LiteRT's integer kernel takes no other activation than RELU";

bool HasRelu(const ir::Attributes& attrs) { return attrs.Int(kFusedActivation) == schema::ActivationFunctionType_RELU; }

absl::StatusOr<std::shared_ptr<const void>> PrepareQuantized(const PrepareContext& context) {
  if (!HasRelu(context.attrs)) return absl::UnimplementedError(kReluOnly);
  return WidenWeights(context.inputs[kFeatures]);
}

// Sums of products of 16 bits, which wrap.
int32_t Dot16(const int16_t* a, const int16_t* b, int64_t n) {
  uint32_t sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += static_cast<uint32_t>(static_cast<int32_t>(a[i]) * b[i]);
  return static_cast<int32_t>(sum);
}

// The features go into the state in its scale; sums over time are int32 and become int8 in one step. RELU is what is
// left when the result's zero point is its lowest integer.
absl::Status EvalQuantized(const EvalContext& context) {
  const TensorView &x = context.inputs[kInput], &time = context.inputs[kTime];
  const MutableView& y = context.outputs[0];
  if (x.type != ElementType::kInt8 || y.type != ElementType::kInt8) return NoIntegerKernelFor(x.type);
  if (time.type != ElementType::kInt16) return NoIntegerKernelFor(time.type);
  ZP_ASSIGN_OR_RETURN(const MutableView state, StateOf(context, kState, ElementType::kInt16));
  ZP_ASSIGN_OR_RETURN(const Params px, ParamsOf(x.quant));
  ZP_ASSIGN_OR_RETURN(const Params py, ParamsOf(y.quant));
  ZP_ASSIGN_OR_RETURN(const Params features, ParamsOf(context.inputs[kFeatures].quant));
  ZP_ASSIGN_OR_RETURN(const Params times, ParamsOf(time.quant));
  ZP_ASSIGN_OR_RETURN(const Params states, ParamsOf(state.quant));
  // Products of floats, as LiteRT computes them.
  const numeric::Multiplier to_state =
                                numeric::ToMultiplier(static_cast<double>(px.scale * features.scale / states.scale)),
                            to_result =
                                numeric::ToMultiplier(static_cast<double>(states.scale * times.scale / py.scale));
  std::shared_ptr<const WideWeights> now;
  ZP_ASSIGN_OR_RETURN(const int16_t* weights, WeightsOf(context, kFeatures, now));
  const int64_t batch = x.dim(0), depth = x.dim(1), filters = time.dim(0), memory = time.dim(1),
                rank = context.attrs.Int(kRank), units = filters / rank;
  const int32_t* bias = OperandOrNone(context.inputs, kBias).As<int32_t>();
  std::vector<int16_t> row(static_cast<size_t>(depth));
  std::vector<int64_t> newest(static_cast<size_t>(filters));
  int8_t* out = y.As<int8_t>();
  for (int64_t b = 0; b < batch; ++b) {
    kernels::Widen(x.As<int8_t>() + b * depth, depth, px.zero_point, row.data());
    kernels::Products(row.data(), 1, weights, filters, depth, newest.data());
    for (int64_t u = 0; u < units; ++u) {
      int32_t sum = bias == nullptr ? 0 : bias[u];
      for (int64_t f = u * rank; f < (u + 1) * rank; ++f) {
        int16_t* remembered = state.As<int16_t>() + (b * filters + f) * memory;
        std::copy(remembered + 1, remembered + memory, remembered);
        const int32_t feature = numeric::Rescale(static_cast<int32_t>(newest[static_cast<size_t>(f)]), to_state);
        remembered[memory - 1] = static_cast<int16_t>(LimitsOf<int16_t>().Clamp(feature));
        sum = WrapAdd(sum, Dot16(remembered, time.As<int16_t>() + f * memory, memory));
      }
      *out++ = static_cast<int8_t>(LimitsOf<int8_t>().Clamp(WrapAdd(numeric::Rescale(sum, to_result), py.zero_point)));
    }
  }
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  const ElementType in = context.input_type(kInput), weight = context.input_type(kFeatures);
  if (weight != ElementType::kInt8) return 1;
  if (in == ElementType::kInt8) return 3;
  return context.attrs().Bool(kAsymmetricInputs) ? 4 : 2;
}

absl::string_view IntegerGap(const ir::Graph&, const ir::Node& node) { return HasRelu(node.attrs()) ? "" : kReluOnly; }

QuantSpec Quantization() {
  QuantSpec spec;
  spec.inputs = {OperandSpec::Activation(), OperandSpec::Weight(-1), OperandSpec::Weight16(kTimeSteps),
                 OperandSpec::Bias(kState, kTime), OperandSpec::State16(/*power_of_two=*/false)};
  spec.outputs = {OperandSpec::Activation()};
  spec.int8 = true;
  spec.integer_gap = IntegerGap;
  spec.dynamic_range = {{kFeatures, -1, /*hybrid=*/true}, {kTime, -1, /*hybrid=*/true}};
  spec.dynamic_range_all_or_none = true;
  spec.dynamic_range_attrs = {{kAsymmetricInputs, true}};
  return spec;
}

}  // namespace

OpDef Svdf() {
  using Table = schema::SVDFOptions;
  OpDef def;
  def.name = "SVDF";
  def.code = schema::BuiltinOperator_SVDF;
  def.inputs = {kTime + 1, kOperands};  // the bias may be absent
  def.options = {schema::BuiltinOptions_SVDFOptions,
                 {{kRank, Table::VT_RANK, FieldKind::kInt32},
                  {kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {kAsymmetricInputs, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool}}};
  def.infer = Infer;
  def.prepare = def.prepare_hybrid = Prepare;
  def.eval_float = def.eval_hybrid = Eval;
  def.prepare_quantized = PrepareQuantized;
  def.eval_quantized = EvalQuantized;
  def.quant = Quantization();
  def.version = Version;
  def.runtime.int16 = kNever;
  def.runtime.gap = "LiteRT's integer kernel takes int8 activations only";
  return def;
}

}  // namespace zeropoint::ops::records
