// STABLEHLO_WHILE: WHILE under StableHLO's name.
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

OpDef StablehloWhile() {
  using Options = schema::StablehloWhileOptions;
  return {.name = "STABLEHLO_WHILE",
          .code = schema::BuiltinOperator_STABLEHLO_WHILE,
          .inputs = {1, kMany},
          .outputs = {1, kMany},
          .options = {schema::BuiltinOptions2_StablehloWhileOptions,
                      {{"cond_subgraph_index", Options::VT_COND_SUBGRAPH_INDEX, FieldKind::kGraph},
                       {"body_subgraph_index", Options::VT_BODY_SUBGRAPH_INDEX, FieldKind::kGraph}},
                      /*written=*/true,
                      /*second=*/true},
          .infer = Infer,
          .eval_float = Eval,
          .runtime = {.real = kNever,
                      .hybrid = kNever,
                      .int8 = kNever,
                      .int16 = kNever,
                      .gap = "LiteRT's built-in kernels have none for STABLEHLO_WHILE"},
          .has_side_effects = true};  // those of the graphs, which the record cannot see
}

}  // namespace records
}  // namespace zeropoint::ops
