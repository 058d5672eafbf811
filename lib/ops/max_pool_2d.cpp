// MAX_POOL_2D: the maximum of each window; positions outside the input do not count.
#include "ops/pool.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef MaxPool2d() {
  return PoolRecord("MAX_POOL_2D", schema::BuiltinOperator_MAX_POOL_2D, "MaxPool", EvalPool<kernels::MaxPool2d>);
}

}  // namespace zeropoint::ops::records
