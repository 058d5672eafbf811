// SEGMENT_SUM: sums of the consecutive rows that share an id (operand 1); the ids rise.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/live_result.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// How many segments there are.
absl::StatusOr<int64_t> CountSegments(const std::vector<int64_t>& ids) {
  int64_t least = 0;
  for (int64_t id : ids) {
    if (id < least) return absl::InvalidArgumentError(absl::StrCat("segment ", id, " follows segment ", least));
    least = id;
  }
  return ids.empty() ? 0 : ids.back() + 1;
}

absl::Status Infer(InferContext& context) {
  const ir::Shape &data = context.input_shape(0), &ids = context.input_shape(1);
  ZP_RETURN_IF_ERROR(CheckReal(context, 0));
  ZP_RETURN_IF_ERROR(CheckType(context, 1, {ElementType::kInt32, ElementType::kInt64}));
  ZP_RETURN_IF_ERROR(CheckRank(context, 1, 1, "segment ids"));
  ir::Shape to = data;
  if (data.ranked()) {
    if (data.rank() == 0 || (ids.ranked() && !Compatible(ids[0], data[0]))) {
      return absl::InvalidArgumentError(absl::StrCat("segment ids ", ids.ToString(), " for data ", data.ToString()));
    }
    to.set(0, ir::kDynamic);
    const auto known = context.input_ints(1);
    if (known && context.input_ints_complete(1)) {
      ZP_ASSIGN_OR_RETURN(const int64_t segments, CountSegments(*known));
      to.set(0, segments);
    }
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

template <typename T>
absl::Status SumSegments(const EvalContext& context) {
  const TensorView& data = context.inputs[0];
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> ids, ReadInts(context.inputs[1]));
  ZP_ASSIGN_OR_RETURN(const int64_t segments, CountSegments(ids));
  ir::Shape shape(data.dims);
  shape.set(0, segments);
  ZP_ASSIGN_OR_RETURN(const MutableView to, LiveResult(context, 0, data.type, shape));
  std::fill_n(to.As<T>(), to.elements(), T{0});
  const int64_t length = Product(data.dims, 1, data.rank());
  const T* x = data.As<T>();
  for (int64_t id : ids) {
    T* sum = to.As<T>() + id * length;
    for (int64_t i = 0; i < length; ++i, ++x) {
      if constexpr (std::is_integral_v<T>)
        sum[i] = WrapAdd(sum[i], *x);
      else
        sum[i] += *x;
    }
  }
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  switch (context.inputs[0].type) {
    case ElementType::kFloat32:
      return SumSegments<float>(context);
    case ElementType::kInt32:
      return SumSegments<int32_t>(context);
    default:
      return NoKernelFor(context.inputs[0].type);
  }
}

}  // namespace

namespace records {

OpDef SegmentSum() {
  return {.name = "SEGMENT_SUM",
          .code = schema::BuiltinOperator_SEGMENT_SUM,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_SegmentSumOptions, {}, /*written=*/false},
          .tf = {{"SegmentSum"}},
          .infer = Infer,
          .eval_float = Eval,
          .runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 and int32 only"}};
}

}  // namespace records
}  // namespace zeropoint::ops
