// LOGICAL_OR: a or b of bools, numpy broadcasting.
#include "ops/elementwise.h"
#include "ops/logical.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  MapBinary<bool, bool>(context, [](bool a, bool b) { return a || b; });
  return absl::OkStatus();
}

}  // namespace

OpDef LogicalOr() {
  return LogicalRecord("LOGICAL_OR", schema::BuiltinOperator_LOGICAL_OR, schema::BuiltinOptions_LogicalOrOptions,
                       "LogicalOr", Eval);
}

}  // namespace zeropoint::ops::records
