// MEAN: the mean over the axes; integers round toward zero.
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

template <typename T>
void Divide(const MutableView& y, T count) {
  T* first = y.As<T>();
  for (int64_t i = 0; i < y.elements(); ++i) first[i] /= count;
}

absl::Status Eval(const EvalContext& context) {
  const int64_t count = ReducedCount(context);
  const ElementType type = context.inputs[0].type;
  if (count == 0 && type != ElementType::kFloat32) return absl::InvalidArgumentError("the mean of no integers");
  ZP_RETURN_IF_ERROR(EvalReduction(context, kernels::Reduction::kSum));
  const MutableView& y = context.outputs[0];
  switch (type) {
    case ElementType::kFloat32:
      Divide(y, static_cast<float>(count));
      break;
    case ElementType::kInt32:
      Divide(y, static_cast<int32_t>(count));
      break;
    default:
      Divide(y, count);
      break;
  }
  return absl::OkStatus();
}

}  // namespace

OpDef Mean() {
  OpDef def = ReduceRecord("MEAN", schema::BuiltinOperator_MEAN, "Mean", Eval);
  def.eval_quantized = EvalQuantizedMean;
  def.version = VersionByInt8Then16;
  return def;
}

}  // namespace zeropoint::ops::records
