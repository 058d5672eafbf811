// STABLEHLO_COMPOSITE: a name for what a graph of the model computes, so that a delegate may have its own way to do it.
// LiteRT's built-in kernel runs the graph.
#include "ops/control_flow.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

int64_t Decomposition(const ir::Attributes& attrs) { return attrs.Int("decomposition_subgraph_index"); }

absl::Status Infer(InferContext& context) { return InferBranches(context, {Decomposition(context.attrs())}, 0); }

absl::Status Eval(const EvalContext& context) {
  return EvalCall(context, static_cast<int>(Decomposition(context.attrs)), 0);
}

}  // namespace

namespace records {

OpDef StablehloComposite() {
  using Options = schema::StableHLOCompositeOptions;
  return {.name = "STABLEHLO_COMPOSITE",
          .code = schema::BuiltinOperator_STABLEHLO_COMPOSITE,
          .inputs = {0, kMany},
          .outputs = {1, kMany},
          .options = {schema::BuiltinOptions2_StableHLOCompositeOptions,
                      {{"name", Options::VT_NAME, FieldKind::kString},
                       {"decomposition_subgraph_index", Options::VT_DECOMPOSITION_SUBGRAPH_INDEX, FieldKind::kGraph},
                       {"composite_attributes", Options::VT_COMPOSITE_ATTRIBUTES, FieldKind::kBytes},
                       {"composite_attributes_format", Options::VT_COMPOSITE_ATTRIBUTES_FORMAT, FieldKind::kInt8},
                       {"version", Options::VT_VERSION, FieldKind::kInt32}},
                      /*written=*/true,
                      /*second=*/true},
          .infer = Infer,
          .eval_float = Eval,
          .has_side_effects = true};  // those of the graph, which the record cannot see
}

}  // namespace records
}  // namespace zeropoint::ops
