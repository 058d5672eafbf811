#include "ops/recurrent.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "kernels/integer.h"
#include "ops/activation.h"
#include "ops/affine.h"
#include "ops/hybrid.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {

Sequence SequenceOf(const TensorView& input, bool time_major) {
  if (input.rank() == 2) return {input.dim(0), 1, true};
  return {input.dim(time_major ? 1 : 0), input.dim(time_major ? 0 : 1), time_major};
}

absl::StatusOr<std::optional<kernels::Unary>> FusedFunction(const ir::Attributes& attrs) {
  using kernels::Unary;
  const int64_t code = attrs.Int(kFusedActivation);
  switch (code) {
    case schema::ActivationFunctionType_NONE:
      return std::optional<Unary>();
    case schema::ActivationFunctionType_RELU:
      return std::optional<Unary>(Unary::kRelu);
    case schema::ActivationFunctionType_RELU_N1_TO_1:
      return std::optional<Unary>(Unary::kReluN1To1);
    case schema::ActivationFunctionType_RELU6:
      return std::optional<Unary>(Unary::kRelu6);
    case schema::ActivationFunctionType_TANH:
      return std::optional<Unary>(Unary::kTanh);
    default:
      return absl::UnimplementedError(absl::StrCat("no kernel applies fused activation ", code));
  }
}

void ApplyInPlace(const std::optional<kernels::Unary>& function, float* x, int64_t n) {
  if (function.has_value()) kernels::ApplyUnary(*function, x, x, static_cast<size_t>(n), 0.0f);
}

int64_t DimOrDynamic(const InferContext& context, int operand, int axis) {
  if (!context.has_input(operand)) return ir::kDynamic;
  const ir::Shape& shape = context.input_shape(operand);
  return shape.ranked() && axis < shape.rank() ? shape[axis] : ir::kDynamic;
}

absl::Status CheckShape(const InferContext& context, int operand, std::initializer_list<int64_t> shape) {
  if (!context.has_input(operand)) return absl::OkStatus();
  ZP_RETURN_IF_ERROR(CheckReal(context, operand));
  const ir::Shape& actual = context.input_shape(operand);
  if (!actual.ranked()) return absl::OkStatus();
  bool fits = actual.rank() == static_cast<int>(shape.size());
  int axis = 0;
  for (int64_t dim : shape) fits = fits && Compatible(actual[axis++], dim);
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("operand ", operand, " has shape ", actual.ToString(), " instead of ", ir::Shape(shape).ToString()));
}

absl::StatusOr<int64_t> BatchOf(const InferContext& context, int operand, int rank, bool time_major) {
  ZP_RETURN_IF_ERROR(CheckReal(context, operand));
  ZP_RETURN_IF_ERROR(CheckRank(context, operand, rank, "input"));
  return DimOrDynamic(context, operand, rank == 3 && time_major ? 1 : 0);
}

ir::Shape LikeRows(const ir::Shape& input, int64_t depth) {
  ir::Shape shape = input;
  if (shape.ranked()) shape.set(shape.rank() - 1, depth);
  return shape;
}

absl::StatusOr<MutableView> StateOf(const EvalContext& context, int operand, ElementType type) {
  const auto i = static_cast<size_t>(operand);
  if (i >= context.states.size() || context.states[i].data == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("operand ", operand, " is not a variable that the op can change"));
  }
  if (context.states[i].type != type) {
    return absl::UnimplementedError(absl::StrCat("the op has no kernel for a state of ", Name(context.states[i].type)));
  }
  return context.states[i];
}

absl::StatusOr<float*> StateOf(const EvalContext& context, int operand) {
  ZP_ASSIGN_OR_RETURN(const MutableView state, StateOf(context, operand, ElementType::kFloat32));
  return state.As<float>();
}

TensorView OperandOrNone(absl::Span<const TensorView> inputs, int i) {
  return i >= 0 && static_cast<size_t>(i) < inputs.size() ? inputs[static_cast<size_t>(i)] : TensorView();
}

std::optional<GateProduct> GateProduct::Pack(absl::Span<const TensorView> parts, bool asymmetric) {
  std::vector<float> weights;
  Integers integers;
  integers.asymmetric = asymmetric;
  int64_t units = 0, depth = 0;
  for (const TensorView& part : parts) {
    if (part.data == nullptr) continue;
    if (part.rank() != 2 || part.elements() == 0) return std::nullopt;
    if (units > 0 && part.dim(1) != depth) return std::nullopt;
    units += part.dim(0);
    depth = part.dim(1);
    if (part.type == ElementType::kFloat32) {
      weights.insert(weights.end(), part.As<float>(), part.As<float>() + part.elements());
    } else if (part.type == ElementType::kInt8 && part.quant != nullptr && part.quant->scale.size() == 1) {
      integers.weights.insert(integers.weights.end(), part.As<int8_t>(), part.As<int8_t>() + part.elements());
      integers.scales.resize(static_cast<size_t>(units), part.quant->scale[0]);
    } else {
      return std::nullopt;
    }
  }
  if (units == 0 || (!weights.empty() && !integers.weights.empty())) return std::nullopt;
  if (weights.empty()) return GateProduct(std::move(integers), units, depth);
  return GateProduct(weights, units, depth);
}

// A 1x1 convolution over one row of pixels.
kernels::Window GateProduct::WindowOf(int64_t rows) const {
  kernels::Window window;
  window.batch = window.in_h = window.out_h = window.kernel_h = window.kernel_w = 1;
  window.in_w = window.out_w = rows;
  window.in_c = depth_;
  window.out_c = units_;
  return window;
}

size_t GateProduct::ScratchBytes(int64_t rows) const {
  if (packed_.has_value()) return packed_->ScratchBytes(WindowOf(rows));
  return static_cast<size_t>(units_) * sizeof(int32_t) +
         static_cast<size_t>(depth_) * (sizeof(int16_t) + sizeof(int8_t));
}

void GateProduct::Run(const float* x, int64_t rows, const float* bias, float* out, void* scratch) const {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (!packed_.has_value()) return RunIntegers(x, rows, bias, out, scratch);
  packed_->Run(WindowOf(rows), x, bias, {-kInfinity, kInfinity}, out, scratch);
}

void GateProduct::RunIntegers(const float* x, int64_t rows, const float* bias, float* out, void* scratch) const {
  auto* sums = static_cast<int32_t*>(scratch);
  auto* wide = reinterpret_cast<int16_t*>(sums + units_);
  auto* rounded = reinterpret_cast<int8_t*>(wide + depth_);
  for (int64_t r = 0; r < rows; ++r) {
    const RowParams params = QuantizeRow({x + r * depth_, static_cast<size_t>(depth_)}, integers_.asymmetric, rounded);
    kernels::Widen(rounded, depth_, params.zero, wide);
    kernels::Products(wide, 1, integers_.weights.data(), units_, depth_, sums);
    for (int64_t u = 0; u < units_; ++u) {
      const float product = static_cast<float>(sums[u]) * (params.scale * integers_.scales[static_cast<size_t>(u)]);
      *out++ = (bias == nullptr ? 0.0f : bias[u]) + product;
    }
  }
}

absl::StatusOr<const float*> RealVector(const TensorView& weights, std::vector<float>& real) {
  if (weights.data == nullptr || weights.type == ElementType::kFloat32) return weights.As<float>();
  real.resize(static_cast<size_t>(weights.elements()));
  ZP_RETURN_IF_ERROR(ToReal(weights, real.data()));
  return real.data();
}

absl::Status CheckFloatsOrHybrid(const EvalContext& context) {
  for (const TensorView& input : context.inputs) {
    const bool weights = input.type == ElementType::kInt8 && input.quant != nullptr && input.quant->quantized();
    if (input.data != nullptr && input.type != ElementType::kFloat32 && !weights) {
      return absl::UnimplementedError(absl::StrCat("the op has no kernel for ", Name(input.type)));
    }
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
