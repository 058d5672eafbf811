// AVERAGE_POOL_2D: the mean of each window; positions outside the input do not count.
#include "ops/pool.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef AveragePool2d() {
  return PoolRecord("AVERAGE_POOL_2D", schema::BuiltinOperator_AVERAGE_POOL_2D, "AvgPool", EvalPool<kernels::AveragePool2d>);
}

}  // namespace zeropoint::ops::records
