// ARG_MIN: the position of the smallest element along an axis.
#include "ops/arg_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Eval(const EvalContext& context) { return EvalArg(context, /*largest=*/false); }

}  // namespace

namespace records {

OpDef ArgMin() {
  return {.name = "ARG_MIN",
          .code = schema::BuiltinOperator_ARG_MIN,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ArgMinOptions,
                      {{"output_type", schema::ArgMinOptions::VT_OUTPUT_TYPE, FieldKind::kInt8}}},
          .tf = {{"ArgMin", ImportArg}},
          .infer = InferArg,
          .eval_float = Eval,
          .quant = ArgQuantization(),
          .version = ArgVersion};
}

}  // namespace records
}  // namespace zeropoint::ops
