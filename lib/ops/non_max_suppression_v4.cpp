// NON_MAX_SUPPRESSION_V4: the chosen boxes' numbers, padded with zeros, and how many there are.
#include "ops/non_max_suppression.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  return InferSuppression(context, {ElementType::kInt32, ElementType::kInt32});
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const std::vector<Selection> selected, SelectBoxes(context, 0.0f));
  WriteBoxes(selected, context.outputs[0]);
  *context.outputs[1].As<int32_t>() = static_cast<int32_t>(selected.size());
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef NonMaxSuppressionV4() {
  return {.name = "NON_MAX_SUPPRESSION_V4",
          .code = schema::BuiltinOperator_NON_MAX_SUPPRESSION_V4,
          .inputs = {5, 5},
          .outputs = {2, 2},
          .options = {schema::BuiltinOptions_NonMaxSuppressionV4Options, {}, /*written=*/false},
          .tf = {{"NonMaxSuppressionV4", ImportSuppression}},
          .infer = Infer,
          .eval_float = Eval,
          .runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"}};
}

}  // namespace records
}  // namespace zeropoint::ops
