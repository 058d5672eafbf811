// RANGE: start (operand 0), start + delta, ... up to but not including limit (operand 1); delta is operand 2.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "ops/data_movement.h"
#include "ops/live_result.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::StatusOr<int64_t> Count(int64_t start, int64_t limit, int64_t delta) {
  if (delta == 0) return absl::InvalidArgumentError("a range with a step of 0");
  const int64_t span = delta > 0 ? limit - start : start - limit, pace = std::abs(delta);
  return std::max<int64_t>(0, (span + pace - 1) / pace);
}

absl::Status Infer(InferContext& context) {
  int64_t ends[3];
  bool known = true;
  for (int i = 0; i < 3; ++i) {
    auto value = context.input_ints(i);
    known = known && value && value->size() == 1 && context.input_ints_complete(i);
    if (known) ends[i] = value->front();
  }
  ir::Shape to = {ir::kDynamic};
  if (known) {
    ZP_ASSIGN_OR_RETURN(const int64_t count, Count(ends[0], ends[1], ends[2]));
    to.set(0, count);
  }
  context.set_output(0, context.input_type(0), std::move(to));
  return absl::OkStatus();
}

template <typename T>
void Count(const EvalContext& context) {
  const T start = context.inputs[0].As<T>()[0], delta = context.inputs[2].As<T>()[0];
  T* to = context.outputs[0].As<T>();
  for (int64_t i = 0, n = context.outputs[0].elements(); i < n; ++i) to[i] = start + static_cast<T>(i) * delta;
}

// How many elements there are is known only now: shape rules see no floats. Each is the one before plus delta, rounded,
// as LiteRT computes them.
absl::Status CountFloats(const EvalContext& context) {
  const float start = *context.inputs[0].As<float>(), limit = *context.inputs[1].As<float>();
  const float delta = *context.inputs[2].As<float>();
  constexpr float kMostElements = 1e9f;
  const float count = std::ceil((limit - start) / delta);
  if (!(count < kMostElements)) {
    return absl::InvalidArgumentError(absl::StrCat("a range from ", start, " to ", limit, " by ", delta));
  }
  ZP_ASSIGN_OR_RETURN(const MutableView to,
                      LiveResult(context, 0, ElementType::kFloat32, {static_cast<int64_t>(std::max(0.0f, count))}));
  float value = start;
  for (int64_t i = 0, n = to.elements(); i < n; ++i, value += delta) to.As<float>()[i] = value;
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const ElementType type = context.outputs[0].type;
  for (const TensorView& input : context.inputs) {
    if (input.type != type || input.elements() != 1) {
      return absl::InvalidArgumentError("the ends of a range are not scalars of one type");
    }
  }
  switch (type) {
    case ElementType::kFloat32:
      return CountFloats(context);
    case ElementType::kInt32:
      Count<int32_t>(context);
      return absl::OkStatus();
    case ElementType::kInt64:
      Count<int64_t>(context);
      return absl::OkStatus();
    default:
      return absl::UnimplementedError(absl::StrCat("no kernel for a range of ", Name(type)));
  }
}

int Version(const VersionContext& context) { return context.input_type(0) == ElementType::kInt64 ? 2 : 1; }

}  // namespace

namespace records {

OpDef Range() {
  return {.name = "RANGE",
          .code = schema::BuiltinOperator_RANGE,
          .inputs = {3, 3},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_RangeOptions, {}, /*written=*/false},
          .tf = {{"Range"}},
          .infer = Infer,
          .eval_float = Eval,
          .version = Version};
}

}  // namespace records
}  // namespace zeropoint::ops
