// REDUCE_PROD: the product over the axes.
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef ReduceProd() {
  OpDef def = ReduceRecord("REDUCE_PROD", schema::BuiltinOperator_REDUCE_PROD, "Prod",
                           EvalReduce<kernels::Reduction::kProduct>);
  def.eval_quantized = EvalQuantizedProduct;
  def.version = VersionInt8Or16Is2;
  return def;
}

}  // namespace zeropoint::ops::records
