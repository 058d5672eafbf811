// LOGICAL_AND: a and b of bools, numpy broadcasting.
#include "ops/elementwise.h"
#include "ops/logical.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  MapBinary<bool, bool>(context, [](bool a, bool b) { return a && b; });
  return absl::OkStatus();
}

}  // namespace

OpDef LogicalAnd() {
  return LogicalRecord("LOGICAL_AND", schema::BuiltinOperator_LOGICAL_AND, schema::BuiltinOptions_LogicalAndOptions,
                       "LogicalAnd", Eval);
}

}  // namespace zeropoint::ops::records
