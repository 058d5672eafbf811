// What elementwise ops share: records of the usual form, and the loops over their elements.
#ifndef ZEROPOINT_OPS_ELEMENTWISE_H_
#define ZEROPOINT_OPS_ELEMENTWISE_H_

#include <cstdint>
#include <limits>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "kernels/elementwise.h"
#include "ops/activation.h"
#include "ops/broadcast.h"
#include "ops/infer.h"
#include "ops/op_def.h"

namespace zeropoint::ops {

// A record with one operand, result of the same type and shape, no options, TF op `tf` (empty: none).
OpDef UnaryRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);
// A record with two broadcasting operands of one type.
OpDef BinaryRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);
// A record with two broadcasting operands and a bool result.
OpDef ComparisonRecord(absl::string_view name, int32_t code, absl::string_view tf, EvalFn eval);

// --- versions
// i16 3; i8 2; else 1.
int VersionByInt8Then16(const VersionContext& context);
// i8 or i16 2; else 1.
int VersionInt8Or16Is2(const VersionContext& context);
// i8 2; else 1.
int VersionInt8Is2(const VersionContext& context);
// Broadcasts with more than four dimensions.
bool IsWideBroadcast(const VersionContext& context);

// --- loops
absl::Status NoKernelFor(ElementType type);

// The float kernel, with a parameter whose meaning is the op's (alpha of LEAKY_RELU).
absl::Status EvalUnaryFloat(const EvalContext& context, kernels::Unary op, float parameter = 0.0f);
template <kernels::Unary kOp>
absl::Status EvalUnary(const EvalContext& context) {
  return EvalUnaryFloat(context, kOp);
}

// The float kernel with broadcasting and the fused activation.
absl::Status EvalBinaryFloat(const EvalContext& context, kernels::Binary op);

template <typename T, typename R, typename F>
void MapUnary(const EvalContext& context, F f) {
  const T* x = context.inputs[0].As<T>();
  R* y = context.outputs[0].As<R>();
  for (int64_t i = 0, n = context.outputs[0].elements(); i < n; ++i) y[i] = f(x[i]);
}

template <typename T, typename R, typename F>
void MapBinary(const EvalContext& context, F f) {
  const T* a = context.inputs[0].As<T>();
  const T* b = context.inputs[1].As<T>();
  R* y = context.outputs[0].As<R>();
  const BroadcastRows rows(context.outputs[0].dims, {context.inputs[0].dims, context.inputs[1].dims});
  rows.ForEach([&](const BroadcastRows::Offsets& from, int64_t to) {
    for (int64_t i = 0; i < rows.length(); ++i) {
      y[to + i] = f(a[from[0] + i * rows.step(0)], b[from[1] + i * rows.step(1)]);
    }
  });
}

// Applies `f`, a function object for any integer type, to int32 or int64 elements.
template <typename F>
absl::Status EvalBinaryInts(const EvalContext& context, F f) {
  switch (context.inputs[0].type) {
    case ElementType::kInt32:
      MapBinary<int32_t, int32_t>(context, f);
      return absl::OkStatus();
    case ElementType::kInt64:
      MapBinary<int64_t, int64_t>(context, f);
      return absl::OkStatus();
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

template <typename F>
absl::Status EvalUnaryInts(const EvalContext& context, F f) {
  switch (context.inputs[0].type) {
    case ElementType::kInt32:
      MapUnary<int32_t, int32_t>(context, f);
      return absl::OkStatus();
    case ElementType::kInt64:
      MapUnary<int64_t, int64_t>(context, f);
      return absl::OkStatus();
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

// Applies `f` to elements of any type that compares.
template <typename F>
absl::Status EvalComparison(const EvalContext& context, F f) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      MapBinary<float, bool>(context, f);
      return absl::OkStatus();
    case ElementType::kInt32:
      MapBinary<int32_t, bool>(context, f);
      return absl::OkStatus();
    case ElementType::kInt64:
      MapBinary<int64_t, bool>(context, f);
      return absl::OkStatus();
    case ElementType::kInt16:
      MapBinary<int16_t, bool>(context, f);
      return absl::OkStatus();
    case ElementType::kInt8:
      MapBinary<int8_t, bool>(context, f);
      return absl::OkStatus();
    case ElementType::kUInt8:
      MapBinary<uint8_t, bool>(context, f);
      return absl::OkStatus();
    case ElementType::kBool:
      MapBinary<bool, bool>(context, f);
      return absl::OkStatus();
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

// --- integer arithmetic that wraps instead of overflowing
template <typename T>
T WrapAdd(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
}
template <typename T>
T WrapSub(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(a) - static_cast<U>(b));
}
template <typename T>
T WrapMul(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
}

// kInvalidArgument when an int32 or int64 tensor has a zero.
absl::Status CheckNoZero(const TensorView& divisor);
// Quotient rounded toward zero; the divisor is not 0. The one quotient that overflows wraps.
template <typename T>
T TruncatedQuotient(T a, T b) {
  return b == -1 ? WrapSub<T>(0, a) : a / b;
}
// Quotient rounded down, likewise.
template <typename T>
T FlooredQuotient(T a, T b) {
  if (b == -1) return WrapSub<T>(0, a);
  const T q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}
// Remainder with the sign of the divisor, likewise.
template <typename T>
T FlooredRemainder(T a, T b) {
  if (b == -1) return 0;
  const T r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_ELEMENTWISE_H_
