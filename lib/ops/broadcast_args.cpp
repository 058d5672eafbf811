// BROADCAST_ARGS: the shape to which two shapes, given as vectors, broadcast.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// Sizes that are not known are kDynamic.
absl::StatusOr<std::vector<int64_t>> Broadcast(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  const size_t rank = std::max(a.size(), b.size());
  std::vector<int64_t> result;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t x = i + a.size() < rank ? 1 : a[i + a.size() - rank];
    const int64_t y = i + b.size() < rank ? 1 : b[i + b.size() - rank];
    if (x != 1 && y != 1 && !Compatible(x, y)) {
      return absl::InvalidArgumentError(absl::StrCat("sizes ", x, " and ", y, " do not broadcast"));
    }
    // An unknown size beside one that is not 1 is that size, or 1.
    result.push_back(x == 1 ? y : y == 1 ? x : Known(x, y));
  }
  return result;
}

absl::Status Infer(InferContext& context) {
  const ElementType type = context.input_type(0);
  for (int i = 0; i < 2; ++i) {
    ZP_RETURN_IF_ERROR(CheckType(context, i, {ElementType::kInt32, ElementType::kInt64}));
    ZP_RETURN_IF_ERROR(CheckRank(context, i, 1, "shape"));
  }
  if (type != context.input_type(1)) return absl::InvalidArgumentError("the shapes have different types");
  const auto a = context.input_ints(0), b = context.input_ints(1);
  if (a && b) {
    ZP_ASSIGN_OR_RETURN(std::vector<int64_t> result, Broadcast(*a, *b));
    context.set_output(0, type, {static_cast<int64_t>(result.size())});
    context.set_output_ints(0, std::move(result));
    return absl::OkStatus();
  }
  const int64_t a_rank = VectorLength(context.input_shape(0)), b_rank = VectorLength(context.input_shape(1));
  const bool known = a_rank != ir::kDynamic && b_rank != ir::kDynamic;
  context.set_output(0, type, {known ? std::max(a_rank, b_rank) : ir::kDynamic});
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> a, ReadInts(context.inputs[0]));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> b, ReadInts(context.inputs[1]));
  ZP_ASSIGN_OR_RETURN(const std::vector<int64_t> result, Broadcast(a, b));
  const MutableView& to = context.outputs[0];
  if (to.type == ElementType::kInt64)
    std::copy(result.begin(), result.end(), to.As<int64_t>());
  else
    for (size_t i = 0; i < result.size(); ++i) to.As<int32_t>()[i] = static_cast<int32_t>(result[i]);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef BroadcastArgs() {
  return {.name = "BROADCAST_ARGS",
          .code = schema::BuiltinOperator_BROADCAST_ARGS,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .tf = {{"BroadcastArgs"}},
          .infer = Infer,
          .eval_float = Eval};
}

}  // namespace records
}  // namespace zeropoint::ops
