// MAX_POOL_2D: the maximum of each window; positions outside the input do not count.
#include "ops/pool.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status EvalQuantized(const EvalContext& context) { return EvalQuantizedPool(context, /*average=*/false); }

}  // namespace

OpDef MaxPool2d() {
  OpDef def = PoolRecord("MAX_POOL_2D", schema::BuiltinOperator_MAX_POOL_2D, "MaxPool", EvalPool<kernels::MaxPool2d>);
  def.eval_quantized = EvalQuantized;
  return def;
}

}  // namespace zeropoint::ops::records
