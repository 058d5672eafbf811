// REDUCE_MIN: the minimum over the axes.
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalQuantizedExtreme(context, kernels::Reduction::kMinimum);
}

}  // namespace

OpDef ReduceMin() {
  OpDef def =
      ReduceRecord("REDUCE_MIN", schema::BuiltinOperator_REDUCE_MIN, "Min", EvalReduce<kernels::Reduction::kMinimum>);
  def.eval_quantized = EvalQuantized;
  def.quant.same_scale = true;
  def.quant.int16_result_like_operand = 0;
  def.version = VersionByInt8Then16;
  return def;
}

}  // namespace zeropoint::ops::records
