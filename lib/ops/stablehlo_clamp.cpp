// STABLEHLO_CLAMP: operand 1 held between operand 0 and operand 2, each of its shape or one element for all.
#include <algorithm>

#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ir::Shape shape = context.input_shape(1);
  for (int i : {0, 2}) {
    if (context.input_type(i) != context.input_type(1)) {
      return absl::InvalidArgumentError("the bounds have another type than what they bound");
    }
    if (context.input_shape(i).rank() == 0) continue;
    ZP_ASSIGN_OR_RETURN(shape, stablehlo::MergedShape(shape, context.input_shape(i)));
  }
  context.set_output(0, context.input_type(1), std::move(shape));
  return absl::OkStatus();
}

template <typename T>
absl::Status Clamp(const EvalContext& context) {
  const T* low = context.inputs[0].As<T>();
  const T* x = context.inputs[1].As<T>();
  const T* high = context.inputs[2].As<T>();
  T* y = context.outputs[0].As<T>();
  const int64_t low_step = context.inputs[0].rank() != 0, high_step = context.inputs[2].rank() != 0;
  for (int64_t i = 0, n = context.outputs[0].elements(); i < n; ++i) {
    y[i] = std::min(std::max(x[i], low[i * low_step]), high[i * high_step]);
  }
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  switch (context.outputs[0].type) {
    case ElementType::kFloat32:
      return Clamp<float>(context);
    case ElementType::kInt32:
      return Clamp<int32_t>(context);
    case ElementType::kInt64:
      return Clamp<int64_t>(context);
    default:
      return NoKernelFor(context.outputs[0].type);
  }
}

}  // namespace

OpDef StablehloClamp() {
  OpDef def = stablehlo::Elementwise("STABLEHLO_CLAMP", schema::BuiltinOperator_STABLEHLO_CLAMP, 3, Eval);
  def.infer = Infer;
  return def;
}

}  // namespace zeropoint::ops::records
