// HASHTABLE_LOOKUP: rows of operand 2 whose keys (operand 1, sorted) are the elements of operand 0, zeros where there
// is no such key; the second result says which were found.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/copy_bytes.h"
#include "ops/data_movement.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

constexpr int kWanted = 0, kKeys = 1, kTable = 2;

absl::Status Infer(InferContext& context) {
  for (int i : {kWanted, kKeys}) {
    ZP_RETURN_IF_ERROR(CheckType(context, i, {ElementType::kInt32}));
    ZP_RETURN_IF_ERROR(CheckRank(context, i, 1, "keys"));
  }
  const ir::Shape &wanted = context.input_shape(kWanted), &keys = context.input_shape(kKeys);
  const ir::Shape& table = context.input_shape(kTable);
  if (table.ranked() && (table.rank() == 0 || (keys.ranked() && !Compatible(keys[0], table[0])))) {
    return absl::InvalidArgumentError(absl::StrCat("keys ", keys.ToString(), " for a table ", table.ToString()));
  }
  const int64_t count = wanted.ranked() ? wanted[0] : ir::kDynamic;
  ir::Shape to = table;
  if (to.ranked()) to.set(0, count);
  context.set_output(0, context.input_type(kTable), std::move(to));
  context.set_output(1, ElementType::kUInt8, {count});
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  const TensorView &wanted = context.inputs[kWanted], &keys = context.inputs[kKeys], &table = context.inputs[kTable];
  ZP_ASSIGN_OR_RETURN(const size_t width, ElementBytes(table.type));
  const size_t row = static_cast<size_t>(Product(table.dims, 1, table.rank())) * width;
  const int32_t *first = keys.As<int32_t>(), *end = first + keys.elements();
  uint8_t* to = context.outputs[0].As<uint8_t>();
  for (int64_t i = 0; i < wanted.elements(); ++i, to += row) {
    const int32_t key = wanted.As<int32_t>()[i];
    const int32_t* at = std::lower_bound(first, end, key);
    const bool found = at != end && *at == key;
    context.outputs[1].As<uint8_t>()[i] = found;
    if (row == 0) continue;
    if (found)
      CopyBytes(to, table.As<uint8_t>() + static_cast<size_t>(at - first) * row, row);
    else
      ClearBytes(to, row);
  }
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef HashtableLookup() {
  OpDef def;
  def.name = "HASHTABLE_LOOKUP";
  def.code = schema::BuiltinOperator_HASHTABLE_LOOKUP;
  def.inputs = {3, 3};
  def.outputs = {2, 2};
  def.infer = Infer;
  def.eval_float = Eval;
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
