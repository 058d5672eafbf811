// REDUCE_ANY: true where any element over the axes is.
#include "ops/reduce.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) { return EvalBoolReduction(context, /*all=*/false); }

}  // namespace

OpDef ReduceAny() { return BoolReduceRecord("REDUCE_ANY", schema::BuiltinOperator_REDUCE_ANY, "Any", Eval); }

}  // namespace zeropoint::ops::records
