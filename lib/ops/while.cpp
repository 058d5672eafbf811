// WHILE: runs one graph on the operands, then on its own results, as long as another graph says so.
#include "ops/control_flow.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

int Condition(const ir::Attributes& attrs) { return static_cast<int>(attrs.Int("cond_subgraph_index")); }
int Body(const ir::Attributes& attrs) { return static_cast<int>(attrs.Int("body_subgraph_index")); }

absl::Status Infer(InferContext& context) {
  return InferLoop(context, Condition(context.attrs()), Body(context.attrs()));
}

absl::Status Eval(const EvalContext& context) {
  return EvalLoop(context, Condition(context.attrs), Body(context.attrs));
}

}  // namespace

namespace records {

OpDef While() {
  return {.name = "WHILE",
          .code = schema::BuiltinOperator_WHILE,
          .inputs = {1, kMany},
          .outputs = {1, kMany},
          .options = {schema::BuiltinOptions_WhileOptions,
                      {{"cond_subgraph_index", schema::WhileOptions::VT_COND_SUBGRAPH_INDEX, FieldKind::kGraph},
                       {"body_subgraph_index", schema::WhileOptions::VT_BODY_SUBGRAPH_INDEX, FieldKind::kGraph}}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .has_side_effects = true};  // those of the graphs, which the record cannot see
}

}  // namespace records
}  // namespace zeropoint::ops
