// HASHTABLE: the handle of the table with an id, which all graphs of a model share; makes the table when there is none.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/control_flow.h"
#include "ops/resources.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  return PreparedName(absl::StrCat("table ", context.attrs.Int("table_id")));
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(Runtime * runtime, RuntimeOf(context));
  std::shared_ptr<Resource>& place = runtime->resource(NameOf(context));
  if (place == nullptr) {
    auto table = std::make_shared<StoredTable>();
    table->key_type = static_cast<ElementType>(context.attrs.Int("key_dtype"));
    table->value_type = static_cast<ElementType>(context.attrs.Int("value_dtype"));
    place = std::move(table);
  }
  return EvalHandle(context);
}

}  // namespace

namespace records {

OpDef Hashtable() {
  return {.name = "HASHTABLE",
          .code = schema::BuiltinOperator_HASHTABLE,
          .inputs = {0, 0},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_HashtableOptions,
                      {{"table_id", schema::HashtableOptions::VT_TABLE_ID, FieldKind::kInt32},
                       {"key_dtype", schema::HashtableOptions::VT_KEY_DTYPE, FieldKind::kInt8},
                       {"value_dtype", schema::HashtableOptions::VT_VALUE_DTYPE, FieldKind::kInt8}}},
          .infer = InferHandle,
          .prepare = Prepare,
          .eval_float = Eval};
}

}  // namespace records
}  // namespace zeropoint::ops
