// CALL: runs another graph on the operands.
#include "ops/control_flow.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

int64_t Callee(const ir::Attributes& attrs) { return attrs.Int("subgraph"); }

absl::Status Infer(InferContext& context) { return InferBranches(context, {Callee(context.attrs())}, 0); }

absl::Status Eval(const EvalContext& context) { return EvalCall(context, static_cast<int>(Callee(context.attrs)), 0); }

}  // namespace

namespace records {

OpDef Call() {
  return {.name = "CALL",
          .code = schema::BuiltinOperator_CALL,
          .inputs = {0, kMany},
          .outputs = {0, kMany},
          .options = {schema::BuiltinOptions_CallOptions,
                      {{"subgraph", schema::CallOptions::VT_SUBGRAPH, FieldKind::kGraph}}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .runtime = {.real = kNever,
                      .hybrid = kNever,
                      .int8 = kNever,
                      .int16 = kNever,
                      .gap = "LiteRT's built-in kernels have none for CALL"},
          .has_side_effects = true};  // those of the graph, which the record cannot see
}

}  // namespace records
}  // namespace zeropoint::ops
