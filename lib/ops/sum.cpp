// SUM: the sum over the axes.
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Sum() {
  OpDef def = ReduceRecord("SUM", schema::BuiltinOperator_SUM, "Sum", EvalReduce<kernels::Reduction::kSum>);
  // TF: int8 results have a range of their own, int16 results keep the operand's scale.
  def.quant.int16_result_like_operand = 0;
  def.version = VersionInt8Is2;
  return def;
}

}  // namespace zeropoint::ops::records
