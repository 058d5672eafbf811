#include "ops/elementwise.h"

#include <algorithm>
#include <cmath>

namespace zeropoint::ops {
namespace {

OpDef Record(absl::string_view name, int32_t code, absl::string_view tf, int operands, InferFn infer, EvalFn eval) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = {operands, operands};
  def.outputs = {1, 1};
  if (!tf.empty()) def.tf = {{tf}};
  def.infer = infer;
  def.eval_float = eval;
  def.quant.inputs.assign(static_cast<size_t>(operands), OperandSpec::Activation());
  def.quant.outputs = {OperandSpec::Activation()};
  return def;
}

template <typename T>
bool HasZero(const TensorView& view) {
  const T* first = view.As<T>();
  const T* end = first + view.elements();
  return std::find(first, end, T{0}) != end;
}

}  // namespace

OpDef UnaryRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  return Record(name, code, tf, 1, InferUnary, eval);
}

OpDef BinaryRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  return Record(name, code, tf, 2, InferBinary, eval);
}

OpDef ComparisonRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval) {
  OpDef def = Record(name, code, tf, 2, InferComparison, eval);
  def.quant.outputs = {OperandSpec::Other()};
  return def;
}

int VersionByInt8Then16(const VersionContext& context) {
  if (context.input_type(0) == ElementType::kInt16) return 3;
  return VersionInt8Is2(context);
}

int VersionInt8Or16Is2(const VersionContext& context) {
  return context.input_type(0) == ElementType::kInt16 ? 2 : VersionInt8Is2(context);
}

int VersionInt8Is2(const VersionContext& context) { return context.input_type(0) == ElementType::kInt8 ? 2 : 1; }

bool IsWideBroadcast(const VersionContext& context) {
  constexpr int kNarrow = 4;
  const ir::Shape& a = context.input_shape(0);
  const ir::Shape& b = context.input_shape(1);
  return a != b && std::max(a.rank(), b.rank()) > kNarrow;
}

absl::Status NoKernelFor(ElementType type) {
  return absl::UnimplementedError(absl::StrCat("the op has no kernel for ", Name(type)));
}

namespace {

// Of float64, what models compute of their shapes, for constant folding: LiteRT's own kernels take none.
absl::Status EvalUnaryDouble(const EvalContext& context, kernels::Unary op) {
  if (op != kernels::Unary::kCeil && op != kernels::Unary::kFloor) return NoKernelFor(ElementType::kFloat64);
  const double* x = context.inputs[0].As<double>();
  double* y = context.outputs[0].As<double>();
  for (int64_t i = 0; i < context.outputs[0].elements(); ++i) {
    y[i] = op == kernels::Unary::kCeil ? std::ceil(x[i]) : std::floor(x[i]);
  }
  return absl::OkStatus();
}

absl::Status EvalBinaryDouble(const EvalContext& context, kernels::Binary op) {
  const bool known = op == kernels::Binary::kMul || op == kernels::Binary::kDiv;
  if (!known || context.attrs.Int(kFusedActivation) != 0) return NoKernelFor(ElementType::kFloat64);
  const double* a = context.inputs[0].As<double>();
  const double* b = context.inputs[1].As<double>();
  double* y = context.outputs[0].As<double>();
  const BroadcastRows rows(context.outputs[0].dims, {context.inputs[0].dims, context.inputs[1].dims});
  rows.ForEach([&](const BroadcastRows::Offsets& from, int64_t to) {
    for (int64_t i = 0; i < static_cast<int64_t>(rows.length()); ++i) {
      const double p = a[from[0] + (rows.step(0) != 0 ? i : 0)], q = b[from[1] + (rows.step(1) != 0 ? i : 0)];
      y[to + i] = op == kernels::Binary::kMul ? p * q : p / q;
    }
  });
  return absl::OkStatus();
}

}  // namespace

absl::Status EvalUnaryFloat(const EvalContext& context, kernels::Unary op, float parameter) {
  if (context.inputs[0].type == ElementType::kFloat64) return EvalUnaryDouble(context, op);
  if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
  kernels::ApplyUnary(op, context.inputs[0].As<float>(), context.outputs[0].As<float>(),
                      static_cast<size_t>(context.outputs[0].elements()), parameter);
  return absl::OkStatus();
}

absl::Status EvalBinaryFloat(const EvalContext& context, kernels::Binary op) {
  if (context.inputs[0].type == ElementType::kFloat64) return EvalBinaryDouble(context, op);
  if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  const float* a = context.inputs[0].As<float>();
  const float* b = context.inputs[1].As<float>();
  float* y = context.outputs[0].As<float>();
  const BroadcastRows rows(context.outputs[0].dims, {context.inputs[0].dims, context.inputs[1].dims});
  rows.ForEach([&](const BroadcastRows::Offsets& from, int64_t to) {
    kernels::ApplyBinary(op, a + from[0], rows.step(0) != 0, b + from[1], rows.step(1) != 0, y + to,
                         static_cast<size_t>(rows.length()), clamp);
  });
  return absl::OkStatus();
}

absl::Status CheckNoZero(const TensorView& divisor) {
  const bool zero = divisor.type == ElementType::kInt32   ? HasZero<int32_t>(divisor)
                    : divisor.type == ElementType::kInt64 ? HasZero<int64_t>(divisor)
                                                          : false;
  return zero ? absl::InvalidArgumentError("division of integers by zero") : absl::OkStatus();
}

}  // namespace zeropoint::ops
