// ARG_MIN: the position of the smallest element along an axis.
#include "ops/arg_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Eval(const EvalContext& context) { return EvalArg(context, /*largest=*/false); }

}  // namespace

namespace records {

OpDef ArgMin() {
  OpDef def = ArgRecord("ARG_MIN", schema::BuiltinOperator_ARG_MIN, "ArgMin", Eval);
  def.options = {schema::BuiltinOptions_ArgMinOptions,
                 {{"output_type", schema::ArgMinOptions::VT_OUTPUT_TYPE, FieldKind::kInt8}}};
  def.quant.int16_version = 1;  // while ARG_MAX has 2
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
