// IF: operand 0 chooses which of two graphs runs on the other operands.
#include "ops/control_flow.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kFirstArgument = 1;

int ThenGraph(const ir::Attributes& attrs) { return static_cast<int>(attrs.Int("then_subgraph_index")); }
int ElseGraph(const ir::Attributes& attrs) { return static_cast<int>(attrs.Int("else_subgraph_index")); }

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kBool}));
  return InferBranches(context, {ThenGraph(context.attrs()), ElseGraph(context.attrs())}, kFirstArgument);
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const bool condition, ReadCondition(context.inputs[0]));
  return EvalCall(context, condition ? ThenGraph(context.attrs) : ElseGraph(context.attrs), kFirstArgument);
}

}  // namespace

namespace records {

// No quantization: what crosses the border of a graph stays float32, as TensorFlow's converter has it; the graphs that
// are called are quantized by themselves.
OpDef If() {
  return {.name = "IF",
          .code = schema::BuiltinOperator_IF,
          .inputs = {1, kMany},
          .outputs = {0, kMany},
          .options = {schema::BuiltinOptions_IfOptions,
                      {{"then_subgraph_index", schema::IfOptions::VT_THEN_SUBGRAPH_INDEX, FieldKind::kGraph},
                       {"else_subgraph_index", schema::IfOptions::VT_ELSE_SUBGRAPH_INDEX, FieldKind::kGraph}}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .has_side_effects = true};  // those of the graphs, which the record cannot see
}

}  // namespace records
}  // namespace zeropoint::ops
