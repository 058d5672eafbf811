// NON_MAX_SUPPRESSION_V5: the chosen boxes' numbers and scores, padded with zeros, and how many there are; a width in
// operand 5 that is not zero lowers scores instead of suppressing.
#include <algorithm>

#include "ops/non_max_suppression.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  return InferSuppression(context, {ElementType::kInt32, ElementType::kFloat32, ElementType::kInt32});
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const float sigma, FloatOperand(context, SuppressionOperand::kSoftSigma));
  ZP_ASSIGN_OR_RETURN(const std::vector<Selection> selected, SelectBoxes(context, sigma));
  WriteBoxes(selected, context.outputs[0]);
  float* score = context.outputs[1].As<float>();
  std::fill_n(score, context.outputs[1].elements(), 0.0f);
  for (const Selection& one : selected) *score++ = one.score;
  *context.outputs[2].As<int32_t>() = static_cast<int32_t>(selected.size());
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef NonMaxSuppressionV5() {
  return {.name = "NON_MAX_SUPPRESSION_V5",
          .code = schema::BuiltinOperator_NON_MAX_SUPPRESSION_V5,
          .inputs = {6, 6},
          .outputs = {3, 3},
          .options = {schema::BuiltinOptions_NonMaxSuppressionV5Options, {}, /*written=*/false},
          .tf = {{"NonMaxSuppressionV5", ImportSuppression}},
          .infer = Infer,
          .eval_float = Eval,
          .runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"}};
}

}  // namespace records
}  // namespace zeropoint::ops
