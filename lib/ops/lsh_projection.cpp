// LSH_PROJECTION: signatures of locality-sensitive hashing; operands are the hash functions [functions, bits], the
// items and, optionally, their weights. SPARSE gives one number a function, DENSE one a bit.
#include "absl/strings/str_cat.h"
#include "ops/infer.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  const int64_t type = context.attrs().Int("type");
  if (type != schema::LSHProjectionType_SPARSE && type != schema::LSHProjectionType_DENSE) {
    return absl::InvalidArgumentError(absl::StrCat("there is no projection of type ", type));
  }
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kFloat32}));
  ZP_RETURN_IF_ERROR(CheckRank(context, 0, 2, "hash"));
  const ir::Shape& hash = context.input_shape(0);
  int64_t size = ir::kDynamic;
  if (hash.ranked()) size = type == schema::LSHProjectionType_SPARSE ? hash[0] : hash.NumElements();
  context.set_output(0, ElementType::kInt32, {size});
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef LshProjection() {
  OpDef def;
  def.name = "LSH_PROJECTION";
  def.code = schema::BuiltinOperator_LSH_PROJECTION;
  def.inputs = {2, 3};
  def.options = {schema::BuiltinOptions_LSHProjectionOptions,
                 {{"type", schema::LSHProjectionOptions::VT_TYPE, FieldKind::kInt8}}};
  def.infer = Infer;
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
