// SCATTER_ND: a tensor of the shape in operand 2, zero but for the slices of operand 1, which are added up at the
// places that operand 0 names.
#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kIndices = 0, kUpdates = 1, kShape = 2;

absl::Status Infer(InferContext& context) {
  const ir::Shape &indices = context.input_shape(kIndices), &updates = context.input_shape(kUpdates);
  ZP_ASSIGN_OR_RETURN(ir::Shape to, ShapeFromInts(context, kShape));
  if (indices.ranked() && indices.rank() == 0) return absl::InvalidArgumentError("the indices are a scalar");
  if (indices.ranked() && updates.ranked() && to.ranked() && indices[indices.rank() - 1] != ir::kDynamic) {
    const int64_t depth = indices[indices.rank() - 1];
    const int outer = indices.rank() - 1;
    bool fits = depth <= to.rank() && updates.rank() == outer + to.rank() - static_cast<int>(depth);
    for (int i = 0; fits && i < updates.rank(); ++i) {
      fits = Compatible(updates[i], i < outer ? indices[i] : to[i - outer + static_cast<int>(depth)]);
    }
    if (!fits) {
      return absl::InvalidArgumentError(absl::StrCat("updates ", updates.ToString(), " at indices ", indices.ToString(),
                                                     " do not fit a result ", to.ToString()));
    }
  }
  context.set_output(0, context.input_type(kUpdates), std::move(to));
  return absl::OkStatus();
}

template <typename T>
T Sum(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a || b;
  else if constexpr (std::is_integral_v<T>)
    return WrapAdd(a, b);
  else
    return a + b;
}

template <typename T>
absl::Status AddSlices(const EvalContext& context) {
  const TensorView &indices = context.inputs[kIndices], &updates = context.inputs[kUpdates];
  const MutableView& to = context.outputs[0];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> all, ReadInts(indices));
  const int depth = static_cast<int>(indices.dims.back());
  const int64_t slices = Product(indices.dims, 0, indices.rank() - 1);
  const int64_t length = Product(to.dims, depth, to.rank());
  const ir::Dims strides = RowMajorStrides(to.dims);
  std::fill_n(to.As<T>(), to.elements(), T{0});
  const T* update = updates.As<T>();
  for (int64_t slice = 0; slice < slices; ++slice) {
    int64_t at = 0;
    for (int i = 0; i < depth; ++i) {
      const int64_t index = all[static_cast<size_t>(slice * depth + i)];
      if (index < 0 || index >= to.dim(i)) {
        return absl::OutOfRangeError(absl::StrCat("index ", index, " is outside a dimension of size ", to.dim(i)));
      }
      at += index * strides[static_cast<size_t>(i)];
    }
    T* target = to.As<T>() + at;
    for (int64_t i = 0; i < length; ++i) target[i] = Sum(target[i], *update++);
  }
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[kUpdates].type) {
    case ElementType::kFloat32:
      return AddSlices<float>(context);
    case ElementType::kInt8:
      return AddSlices<int8_t>(context);
    case ElementType::kUInt8:
      return AddSlices<uint8_t>(context);
    case ElementType::kInt32:
      return AddSlices<int32_t>(context);
    case ElementType::kInt64:
      return AddSlices<int64_t>(context);
    case ElementType::kBool:
      return AddSlices<bool>(context);
    default:
      return NoKernelFor(context.inputs[kUpdates].type);
  }
}

QuantSpec Quantization() {
  return MovesData({OperandSpec::Other(), OperandSpec::Activation(), OperandSpec::Other()}, kUpdates);
}

}  // namespace

namespace records {

OpDef ScatterNd() {
  return {.name = "SCATTER_ND",
          .code = schema::BuiltinOperator_SCATTER_ND,
          .inputs = {3, 3},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ScatterNdOptions, {}},
          .tf = {{"ScatterNd"}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = Quantization(),
          .runtime = {.int8 = kNever,
                      .int16 = kNever,
                      .gap = "the int8 kernel starts from the integer 0, which is not the real 0, and adds up zero "
                             "points; there is no int16 kernel"}};
}

}  // namespace records
}  // namespace zeropoint::ops
