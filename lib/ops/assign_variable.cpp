// ASSIGN_VARIABLE: the variable (operand 0) holds operand 1 from now on.
#include <memory>
#include <utility>

#include "ops/infer.h"
#include "ops/resources.h"
#include "ops/stored_bytes.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) { return CheckType(context, 0, {ElementType::kResource}); }

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(std::shared_ptr<Resource> * place, ResourceOf(context, 0));
  const TensorView& value = context.inputs[1];
  auto variable = std::make_shared<StoredVariable>();
  variable->type = value.type;
  variable->shape = ir::Shape(value.dims);
  variable->bytes.assign(static_cast<const char*>(value.data), StoredBytes(value));
  *place = std::move(variable);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef AssignVariable() {
  return {.name = "ASSIGN_VARIABLE",
          .code = schema::BuiltinOperator_ASSIGN_VARIABLE,
          .inputs = {2, 2},
          .outputs = {0, 0},
          .options = {schema::BuiltinOptions_AssignVariableOptions},
          .tf = {{"AssignVariableOp"}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .quant = {.inputs = {{Role::kState}, OperandSpec::Activation()}, .int8 = true, .int16 = true},
          .has_side_effects = true};
}

}  // namespace records
}  // namespace zeropoint::ops
