// HASHTABLE_SIZE: how many keys the table has, an int64 of shape [1].
#include "ops/infer.h"
#include "ops/resources.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kResource}));
  context.set_output(0, ElementType::kInt64, ir::Shape{1});
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const StoredTable* table, TableOf(context));
  *context.outputs[0].As<int64_t>() = static_cast<int64_t>(table->entries.size());
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef HashtableSize() {
  return {.name = "HASHTABLE_SIZE",
          .code = schema::BuiltinOperator_HASHTABLE_SIZE,
          .inputs = {1, 1},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_HashtableSizeOptions},
          .tf = {{"LookupTableSizeV2"}},
          .infer = Infer,
          .eval_float = Eval,
          .has_side_effects = true};  // none, but its result is no function of its operand
}

}  // namespace records
}  // namespace zeropoint::ops
