// REDUCE_WINDOW: the elements of each window combined, beginning with operand 1. Operands 2 to 4 are the window's
// shape, strides and dilations; there is no padding.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "ops/conv_shape.h"
#include "ops/data_movement.h"
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kInit = 1, kWindow = 2, kStrides = 3, kDilations = 4;
constexpr int64_t kMostSteps = std::numeric_limits<int32_t>::max();  // no tensor is longer
constexpr char kFunction[] = "reduce_function";

absl::Status CheckFunction(int64_t function) {
  if (function > schema::ReduceWindowFunction_UNSUPPORTED && function <= schema::ReduceWindowFunction_ANY) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no reduce_function ", function));
}

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  ZP_RETURN_IF_ERROR(CheckFunction(context.attrs().Int(kFunction)));
  if (context.input_type(0) != context.input_type(kInit) || !Compatible(context.input_shape(kInit).NumElements(), 1)) {
    return absl::InvalidArgumentError("the first value is not one element of the operand's type");
  }
  ir::Shape to = UnknownShape(from.ranked() ? from.rank() : -1);
  bool known = from.ranked();
  for (int i = kWindow; i <= kDilations; ++i) {
    ZP_RETURN_IF_ERROR(CheckType(context, i, {ElementType::kInt64}));
    if (from.ranked() && !Compatible(VectorLength(context.input_shape(i)), from.rank())) {
      return absl::InvalidArgumentError(
          absl::StrCat("operand ", i, " has not one element for each dimension of ", from.ToString()));
    }
    known = known && context.input_ints(i).has_value() && context.input_ints_complete(i);
  }
  if (known) {
    const auto window = *context.input_ints(kWindow), strides = *context.input_ints(kStrides);
    const auto dilations = *context.input_ints(kDilations);
    for (int i = 0; i < from.rank(); ++i) {
      const size_t at = static_cast<size_t>(i);
      const auto [least, most] = std::minmax({window[at], strides[at], dilations[at]});
      if (least < 1 || most > kMostSteps) {
        return absl::InvalidArgumentError("a size, stride or dilation of the window is below 1 or too large");
      }
      ZP_ASSIGN_OR_RETURN(const int64_t size, SlidingSize(from[i], window[at], strides[at], dilations[at], false));
      to.set(i, size);
    }
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

// Calls visit(offset) for each index below `dims`, row-major; an offset is the sum of index times stride.
template <typename Visit>
void ForEachOffset(absl::Span<const int64_t> dims, absl::Span<const int64_t> strides, Visit visit) {
  ir::Dims index(dims.size(), 0);
  int64_t offset = 0;
  for (int64_t n = Product(dims, 0, static_cast<int>(dims.size())); n > 0; --n) {
    visit(offset);
    for (size_t d = dims.size(); d-- > 0;) {
      offset += strides[d];
      if (++index[d] < dims[d]) break;
      offset -= strides[d] * dims[d];
      index[d] = 0;
    }
  }
}

template <typename T, typename Combine>
absl::Status Reduce(const EvalContext& context, Combine combine) {
  const TensorView& from = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> window, ReadInts(context.inputs[kWindow]));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> steps, ReadInts(context.inputs[kStrides]));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> dilations, ReadInts(context.inputs[kDilations]));
  const ir::Dims dense = RowMajorStrides(from.dims);
  ir::Dims between(dense), within(dense);
  for (size_t d = 0; d < dense.size(); ++d) {
    between[d] *= steps[d];
    within[d] *= dilations[d];
  }
  const T init = *context.inputs[kInit].As<T>();
  T* to = context.outputs[0].As<T>();
  ForEachOffset(context.outputs[0].dims, between, [&](int64_t corner) {
    T value = init;
    ForEachOffset(window, within, [&](int64_t offset) { value = combine(value, from.As<T>()[corner + offset]); });
    *to++ = value;
  });
  return absl::OkStatus();
}

template <typename T>
T Add(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a || b;
  else if constexpr (std::is_integral_v<T>)
    return WrapAdd(a, b);
  else
    return a + b;
}

template <typename T>
T Multiply(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a && b;
  else if constexpr (std::is_integral_v<T>)
    return WrapMul(a, b);
  else
    return a * b;
}

template <typename T>
absl::Status Reduce(const EvalContext& context) {
  switch (context.attrs.Int(kFunction)) {
    case schema::ReduceWindowFunction_ADD:
      return Reduce<T>(context, Add<T>);
    case schema::ReduceWindowFunction_MUL:
      return Reduce<T>(context, Multiply<T>);
    case schema::ReduceWindowFunction_MINIMUM:
      return Reduce<T>(context, [](T a, T b) { return std::min(a, b); });
    case schema::ReduceWindowFunction_MAXIMUM:
      return Reduce<T>(context, [](T a, T b) { return std::max(a, b); });
    case schema::ReduceWindowFunction_ALL:
      return Reduce<T>(context, [](T a, T b) { return static_cast<T>(a != T{0} && b != T{0}); });
    case schema::ReduceWindowFunction_ANY:
      return Reduce<T>(context, [](T a, T b) { return static_cast<T>(a != T{0} || b != T{0}); });
    default:
      return CheckFunction(context.attrs.Int(kFunction));
  }
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      return Reduce<float>(context);
    case ElementType::kFloat64:
      return Reduce<double>(context);
    case ElementType::kInt8:
      return Reduce<int8_t>(context);
    case ElementType::kUInt8:
      return Reduce<uint8_t>(context);
    case ElementType::kInt16:
      return Reduce<int16_t>(context);
    case ElementType::kInt32:
      return Reduce<int32_t>(context);
    case ElementType::kInt64:
      return Reduce<int64_t>(context);
    case ElementType::kBool:
      return Reduce<bool>(context);
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

}  // namespace

namespace records {

OpDef ReduceWindow() {
  OpDef def;
  def.name = "REDUCE_WINDOW";
  def.code = schema::BuiltinOperator_REDUCE_WINDOW;
  def.inputs = {5, 5};
  def.options = {.table = schema::BuiltinOptions2_ReduceWindowOptions,
                 .fields = {{kFunction, schema::ReduceWindowOptions::VT_REDUCE_FUNCTION, FieldKind::kInt32}},
                 .second = true};
  def.infer = Infer;
  def.eval_float = Eval;
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
