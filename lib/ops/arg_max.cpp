// ARG_MAX: the position of the largest element along an axis.
#include "ops/arg_common.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Eval(const EvalContext& context) { return EvalArg(context, /*largest=*/true); }

}  // namespace

namespace records {

OpDef ArgMax() {
  return {.name = "ARG_MAX",
          .code = schema::BuiltinOperator_ARG_MAX,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ArgMaxOptions,
                      {{"output_type", schema::ArgMaxOptions::VT_OUTPUT_TYPE, FieldKind::kInt8}}},
          .tf = {{"ArgMax", ImportArg}},
          .infer = InferArg,
          .eval_float = Eval,
          .quant = ArgQuantization(),
          .version = ArgVersion};
}

}  // namespace records
}  // namespace zeropoint::ops
