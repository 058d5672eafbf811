// HASHTABLE_IMPORT: fills the table (operand 0) with keys (operand 1) and their values (operand 2). The first import
// counts; LiteRT's tables do not change afterwards.
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/infer.h"
#include "ops/resources.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kResource}));
  if (context.input_shape(1).IsStatic() && context.input_shape(2).IsStatic() &&
      context.input_shape(1) != context.input_shape(2)) {
    return absl::InvalidArgumentError(absl::StrCat("keys of shape ", context.input_shape(1).ToString(),
                                                   ", values of shape ", context.input_shape(2).ToString()));
  }
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(StoredTable * table, TableOf(context));
  const TensorView &keys = context.inputs[1], &values = context.inputs[2];
  if (keys.type != table->key_type || values.type != table->value_type) {
    return absl::InvalidArgumentError(absl::StrCat("the table maps ", Name(table->key_type), " to ",
                                                   Name(table->value_type), ", not ", Name(keys.type), " to ",
                                                   Name(values.type)));
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<absl::string_view> from, ElementsOf(keys));
  ZP_ASSIGN_OR_RETURN(const std::vector<absl::string_view> to, ElementsOf(values));
  if (from.size() != to.size()) {
    return absl::InvalidArgumentError(absl::StrCat(from.size(), " keys, ", to.size(), " values"));
  }
  if (!table->entries.empty()) return absl::OkStatus();
  for (size_t i = 0; i < from.size(); ++i) table->entries.emplace(std::string(from[i]), std::string(to[i]));
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef HashtableImport() {
  return {.name = "HASHTABLE_IMPORT",
          .code = schema::BuiltinOperator_HASHTABLE_IMPORT,
          .inputs = {3, 3},
          .outputs = {0, 0},
          .options = {schema::BuiltinOptions_HashtableImportOptions},
          .tf = {{"LookupTableImportV2"}},
          .infer = Infer,
          .eval_float = Eval,
          .has_side_effects = true};
}

}  // namespace records
}  // namespace zeropoint::ops
