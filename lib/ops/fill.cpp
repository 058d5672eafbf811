// FILL: a tensor of the shape in operand 0, every element operand 1.
#include "ops/data_movement.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_ASSIGN_OR_RETURN(ir::Shape to, ShapeFromInts(context, 0));
  context.set_output(0, context.input_type(1), std::move(to));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const MutableView& to = context.outputs[0];
  if (context.inputs[1].elements() != 1) return absl::InvalidArgumentError("the value to fill with is not one element");
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(to.type));
  FillElements(to.data, context.inputs[1].data, width, to.elements());
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  switch (context.input_type(1)) {
    case ElementType::kFloat16:
      return 4;
    case ElementType::kInt8:
    case ElementType::kInt16:
      return 3;
    case ElementType::kBool:
    case ElementType::kString:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

namespace records {

OpDef Fill() {
  return {.name = "FILL",
          .code = schema::BuiltinOperator_FILL,
          .inputs = {2, 2},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_FillOptions, {}, /*written=*/false},
          .tf = {{"Fill"}},
          .infer = Infer,
          .eval_float = Eval,
          .quant = MovesData({OperandSpec::Other(), OperandSpec::Activation()}, 1),
          .version = Version,
          .moves_elements = true};
}

}  // namespace records
}  // namespace zeropoint::ops
