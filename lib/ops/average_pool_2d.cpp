// AVERAGE_POOL_2D: the mean of each window; positions outside the input do not count.
#include "ops/pool.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status EvalQuantized(const EvalContext& context) { return EvalQuantizedPool(context, /*average=*/true); }

}  // namespace

OpDef AveragePool2d() {
  OpDef def = PoolRecord("AVERAGE_POOL_2D", schema::BuiltinOperator_AVERAGE_POOL_2D, "AvgPool",
                         EvalPool<kernels::AveragePool2d>);
  def.eval_quantized = EvalQuantized;
  return def;
}

}  // namespace zeropoint::ops::records
