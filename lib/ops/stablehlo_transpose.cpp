// STABLEHLO_TRANSPOSE: dimension i of the result is dimension permutation[i] of the operand.
#include "ops/permutation.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kPermutation[] = "permutation";

absl::Status Infer(InferContext& context) { return InferPermuted(context, context.attrs().Ints(kPermutation)); }

absl::Status Eval(const EvalContext& context) { return EvalPermuted(context, context.attrs.Ints(kPermutation)); }

}  // namespace

OpDef StablehloTranspose() {
  return stablehlo::Movement("STABLEHLO_TRANSPOSE", schema::BuiltinOperator_STABLEHLO_TRANSPOSE, {1, 1},
                             {schema::BuiltinOptions2_StablehloTransposeOptions,
                              {{kPermutation, schema::StablehloTransposeOptions::VT_PERMUTATION, FieldKind::kLongs}}},
                             Infer, Eval);
}

}  // namespace zeropoint::ops::records
