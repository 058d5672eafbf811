// HASHTABLE_FIND: the value of each key (operand 1) in the table (operand 0); operand 2 for keys that are not there.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/control_flow.h"
#include "ops/infer.h"
#include "ops/resources.h"
#include "ops/stored_bytes.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kResource}));
  context.set_output(0, context.input_type(2), context.input_shape(1));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const StoredTable* table, TableOf(context));
  const TensorView &keys = context.inputs[1], &otherwise = context.inputs[2];
  if (keys.type != table->key_type || otherwise.type != table->value_type) {
    return absl::InvalidArgumentError(absl::StrCat("the table maps ", Name(table->key_type), " to ",
                                                   Name(table->value_type), ", not ", Name(keys.type), " to ",
                                                   Name(otherwise.type)));
  }
  ZP_ASSIGN_OR_RETURN(const std::vector<absl::string_view> wanted, ElementsOf(keys));
  ZP_ASSIGN_OR_RETURN(const std::vector<absl::string_view> missing, ElementsOf(otherwise));
  if (missing.size() != 1) return absl::InvalidArgumentError("the default value of HASHTABLE_FIND is one element");
  std::vector<absl::string_view> found;
  for (absl::string_view key : wanted) {
    const auto at = table->entries.find(std::string(key));
    found.push_back(at == table->entries.end() ? missing[0] : absl::string_view(at->second));
  }
  std::string bytes;
  if (otherwise.type == ElementType::kString)
    bytes = PackStrings(found);
  else
    for (absl::string_view element : found) absl::StrAppend(&bytes, element);
  TensorView result;
  result.type = otherwise.type;
  result.dims = keys.dims;
  result.data = bytes.data();
  return CopyToOutput(context, 0, result);
}

}  // namespace

namespace records {

OpDef HashtableFind() {
  return {.name = "HASHTABLE_FIND",
          .code = schema::BuiltinOperator_HASHTABLE_FIND,
          .inputs = {3, 3},
          .outputs = {1, 1},
          .options = {schema::BuiltinOptions_HashtableFindOptions},
          .tf = {{"LookupTableFindV2"}},
          .infer = Infer,
          .eval_float = Eval,
          .has_side_effects = true};  // none, but its result is no function of its operands
}

}  // namespace records
}  // namespace zeropoint::ops
