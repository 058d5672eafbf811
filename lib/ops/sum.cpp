// SUM: the sum over the axes.
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Sum() {
  OpDef def = ReduceRecord("SUM", schema::BuiltinOperator_SUM, "Sum", EvalReduce<kernels::Reduction::kSum>);
  def.eval_quantized = EvalQuantizedTotal;
  // A range of its own in 16x8 as well: TensorFlow's 16x8 quantizer keeps the operand's scale, in which sums saturate.
  def.version = VersionInt8Is2;
  return def;
}

}  // namespace zeropoint::ops::records
