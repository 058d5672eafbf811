// REDUCE_ALL: true where all elements over the axes are.
#include "ops/reduce.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) { return EvalBoolReduction(context, /*all=*/true); }

}  // namespace

OpDef ReduceAll() { return BoolReduceRecord("REDUCE_ALL", schema::BuiltinOperator_REDUCE_ALL, "All", Eval); }

}  // namespace zeropoint::ops::records
