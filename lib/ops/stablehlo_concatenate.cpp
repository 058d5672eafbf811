// STABLEHLO_CONCATENATE: the operands one after the other along a dimension.
#include "ops/join_common.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr char kDimension[] = "dimension";

absl::Status Infer(InferContext& context) { return InferConcatenated(context, context.attrs().Int(kDimension)); }

absl::Status Eval(const EvalContext& context) { return EvalJoinAlong(context, context.attrs.Int(kDimension)); }

}  // namespace

OpDef StablehloConcatenate() {
  OpDef def =
      stablehlo::Movement("STABLEHLO_CONCATENATE", schema::BuiltinOperator_STABLEHLO_CONCATENATE, {1, kMany},
                          {schema::BuiltinOptions2_StablehloConcatenateOptions,
                           {{kDimension, schema::StablehloConcatenateOptions::VT_DIMENSION, FieldKind::kInt64}}},
                          Infer, Eval);
  def.quant.inputs = {OperandSpec::Activation()};
  return def;
}

}  // namespace zeropoint::ops::records
