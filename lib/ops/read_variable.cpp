// READ_VARIABLE: what was last assigned to the variable.
#include <memory>

#include "absl/strings/str_cat.h"
#include "ops/control_flow.h"
#include "ops/infer.h"
#include "ops/resources.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// The file alone says what the variable holds.
absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kResource}));
  context.set_output(0, context.output_type(0), context.output_shape(0));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const std::shared_ptr<Resource>* place, ResourceOf(context, 0));
  const auto* variable = dynamic_cast<const StoredVariable*>(place->get());
  if (variable == nullptr) {
    ZP_ASSIGN_OR_RETURN(const absl::string_view name, ResourceName(context, 0));
    return absl::FailedPreconditionError(absl::StrCat(name, " is read before anything is assigned to it"));
  }
  TensorView view;
  view.type = variable->type;
  view.dims = variable->shape.dims();
  view.data = variable->bytes.data();
  return CopyToOutput(context, 0, view);
}

}  // namespace

namespace records {

OpDef ReadVariable() {
  return {.name = "READ_VARIABLE",
          .code = schema::BuiltinOperator_READ_VARIABLE,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_ReadVariableOptions},
          .tf = {{"ReadVariableOp"}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .quant = {.inputs = {{Role::kState}}, .outputs = {OperandSpec::Activation()}, .int8 = true, .int16 = true},
          .has_side_effects = true};  // none, but its result is no function of its operand
}

}  // namespace records
}  // namespace zeropoint::ops
