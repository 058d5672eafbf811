// WHERE: the indices of the elements that are not zero, one row each.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/elementwise.h"
#include "ops/live_result.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const ir::Shape& from = context.input_shape(0);
  if (from.ranked() && from.rank() == 0) return absl::InvalidArgumentError("the condition is a scalar");
  int64_t count = ir::kDynamic;
  const auto elements = context.input_ints(0);
  if (elements && context.input_ints_complete(0)) {
    count = std::count_if(elements->begin(), elements->end(), [](int64_t x) { return x != 0; });
  }
  context.set_output(0, ElementType::kInt64, {count, from.ranked() ? from.rank() : ir::kDynamic});
  return absl::OkStatus();
}

template <typename T>
absl::Status ListNonzero(const EvalContext& context) {
  const TensorView& from = context.inputs[0];
  const T* x = from.As<T>();
  const int64_t n = from.elements(), rank = from.rank();
  const int64_t count = std::count_if(x, x + n, [](T v) { return v != T{0}; });
  ZP_ASSIGN_OR_RETURN(const MutableView to, LiveResult(context, 0, ElementType::kInt64, {count, rank}));
  const ir::Dims strides = RowMajorStrides(from.dims);
  int64_t* index = to.As<int64_t>();
  for (int64_t i = 0; i < n; ++i) {
    if (x[i] == T{0}) continue;
    int64_t rest = i;
    for (int64_t stride : strides) {
      *index++ = rest / stride;
      rest %= stride;
    }
  }
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      return ListNonzero<float>(context);
    case ElementType::kInt64:
      return ListNonzero<int64_t>(context);
    case ElementType::kInt32:
      return ListNonzero<int32_t>(context);
    case ElementType::kUInt32:
      return ListNonzero<uint32_t>(context);
    case ElementType::kInt8:
      return ListNonzero<int8_t>(context);
    case ElementType::kBool:
    case ElementType::kUInt8:
      return ListNonzero<uint8_t>(context);
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

int Version(const VersionContext& context) { return context.input_type(0) == ElementType::kBool ? 1 : 2; }

}  // namespace

namespace records {

OpDef Where() {
  return {.name = "WHERE",
          .code = schema::BuiltinOperator_WHERE,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_WhereOptions, {}, /*written=*/false},
          .tf = {{"Where"}},
          .infer = Infer,
          .eval_float = Eval,
          .version = Version,
          .runtime = {.int16 = kNever, .gap = "its kernel takes no int16"}};
}

}  // namespace records
}  // namespace zeropoint::ops
