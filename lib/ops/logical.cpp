#include "ops/logical.h"

#include "ops/elementwise.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 2, 2));
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kBool}));
  return InferComparison(context);
}

}  // namespace

OpDef LogicalRecord(absl::string_view name, int32_t code, int options, absl::string_view tf, EvalFn eval) {
  OpDef def = ComparisonRecord(name, code, tf, eval);
  def.infer = Infer;
  def.options = {options, {}, /*written=*/false};
  def.quant = {};
  return def;
}

}  // namespace zeropoint::ops
