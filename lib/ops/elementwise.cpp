#include "ops/elementwise.h"

#include <algorithm>
#include <cmath>

#include "kernels/range.h"

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

namespace {

// Elements that stay in the first-level cache from when they are computed until the range is taken of them.
constexpr int64_t kPart = 2048;

// Calls part(first element, elements) for parts of 0 ... n, and takes the range of each; all at once where nobody wants
// it.
template <typename Part>
void InParts(const EvalContext& context, int64_t n, Part part) {
  if (context.range == nullptr) return part(0, n);
  const float* y = context.outputs[0].As<float>();
  for (int64_t first = 0; first < n; first += kPart) {
    const int64_t count = std::min(kPart, n - first);
    part(first, count);
    context.range->Add(y + first, static_cast<size_t>(count));
  }
}

// The operand whose elements are needed again and again, as it stands, along the other, which has the result's shape (a
// channel's factors in NHWC): short rows cost more in calls than in arithmetic. -1: there is none.
int RepeatedOperand(const EvalContext& context) {
  for (int i = 0; i < 2; ++i) {
    const TensorView& small = context.inputs[static_cast<size_t>(i)];
    const int64_t n = small.elements(), all = context.outputs[0].elements();
    if (n < 2 || 2 * n > kPart || n >= all || context.inputs[static_cast<size_t>(1 - i)].elements() != all) continue;
    int64_t inner = 1;
    for (int axis = small.rank() - 1; axis >= 0 && inner < n; --axis) {
      if (small.dim(axis) != context.outputs[0].dim(context.outputs[0].rank() - small.rank() + axis)) break;
      inner *= small.dim(axis);
    }
    if (inner == n) return i;
  }
  return -1;
}

void EvalRepeated(const EvalContext& context, kernels::Binary op, kernels::Clamp clamp, int repeated) {
  const TensorView& small = context.inputs[static_cast<size_t>(repeated)];
  const float* large = context.inputs[static_cast<size_t>(1 - repeated)].As<float>();
  float* y = context.outputs[0].As<float>();
  const int64_t length = small.elements(), size = kPart / length * length;
  float* row = static_cast<float*>(context.scratch.Get(static_cast<size_t>(size) * sizeof(float)));
  for (int64_t i = 0; i < size; i += length) std::copy_n(small.As<float>(), length, row + i);
  for (int64_t first = 0, n = context.outputs[0].elements(); first < n; first += size) {
    const size_t count = static_cast<size_t>(std::min(size, n - first));
    const float* a = repeated == 0 ? row : large + first;
    const float* b = repeated == 0 ? large + first : row;
    kernels::ApplyBinary(op, a, true, b, true, y + first, count, clamp);
    if (context.range != nullptr) context.range->Add(y + first, count);
  }
}

}  // namespace

absl::Status EvalUnaryFloat(const EvalContext& context, kernels::Unary op, float parameter) {
  if (context.inputs[0].type == ElementType::kFloat64) return EvalUnaryDouble(context, op);
  if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
  const float* x = context.inputs[0].As<float>();
  float* y = context.outputs[0].As<float>();
  InParts(context, context.outputs[0].elements(), [&](int64_t first, int64_t n) {
    kernels::ApplyUnary(op, x + first, y + first, static_cast<size_t>(n), parameter);
  });
  return absl::OkStatus();
}

absl::Status EvalBinaryFloat(const EvalContext& context, kernels::Binary op) {
  if (context.inputs[0].type == ElementType::kFloat64) return EvalBinaryDouble(context, op);
  if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
  ZP_ASSIGN_OR_RETURN(const kernels::Clamp clamp, FusedClamp(context.attrs));
  if (const int repeated = RepeatedOperand(context); repeated >= 0) {
    EvalRepeated(context, op, clamp, repeated);
    return absl::OkStatus();
  }
  const float* a = context.inputs[0].As<float>();
  const float* b = context.inputs[1].As<float>();
  float* y = context.outputs[0].As<float>();
  const BroadcastRows rows(context.outputs[0].dims, {context.inputs[0].dims, context.inputs[1].dims});
  if (rows.length() == context.outputs[0].elements()) {
    const int64_t a_step = rows.step(0), b_step = rows.step(1);
    InParts(context, rows.length(), [&](int64_t first, int64_t n) {
      kernels::ApplyBinary(op, a + first * a_step, a_step != 0, b + first * b_step, b_step != 0, y + first,
                           static_cast<size_t>(n), clamp);
    });
    return absl::OkStatus();
  }
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
