// CALL_ONCE: runs a graph without operands and results the first time in a session, to set up its resources.
#include <memory>

#include "absl/strings/str_cat.h"
#include "ops/control_flow.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

int Callee(const ir::Attributes& attrs) { return static_cast<int>(attrs.Int("init_subgraph_index")); }

// Kept among the resources, so that it is forgotten with what the graph has set up.
class Done : public Resource {};

absl::Status Infer(InferContext& context) { return InferBranches(context, {Callee(context.attrs())}, 0); }

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(Runtime * runtime, RuntimeOf(context));
  const int callee = Callee(context.attrs);
  std::shared_ptr<Resource>& done = runtime->resource(absl::StrCat("graph ", callee, " has run"));
  if (done != nullptr) return absl::OkStatus();
  ZP_RETURN_IF_ERROR(runtime->Call(callee, {}).status());
  done = std::make_shared<Done>();
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef CallOnce() {
  return {.name = "CALL_ONCE",
          .code = schema::BuiltinOperator_CALL_ONCE,
          .inputs = {0, 0},
          .outputs = {0, 0},
          .options = {schema::BuiltinOptions_CallOnceOptions,
                      {{"init_subgraph_index", schema::CallOnceOptions::VT_INIT_SUBGRAPH_INDEX, FieldKind::kGraph}}},
          .infer = Infer,
          .eval_float = Eval,
          .eval_quantized = Eval,
          .has_side_effects = true};
}

}  // namespace records
}  // namespace zeropoint::ops
