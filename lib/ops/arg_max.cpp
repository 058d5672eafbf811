// ARG_MAX: the position of the largest element along an axis.
#include "ops/arg_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Eval(const EvalContext& context) { return EvalArg(context, /*largest=*/true); }

}  // namespace

namespace records {

OpDef ArgMax() {
  OpDef def = ArgRecord("ARG_MAX", schema::BuiltinOperator_ARG_MAX, "ArgMax", Eval);
  def.options = {schema::BuiltinOptions_ArgMaxOptions,
                 {{"output_type", schema::ArgMaxOptions::VT_OUTPUT_TYPE, FieldKind::kInt8}}};
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
