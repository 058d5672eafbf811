// EQUAL: a == b, numpy broadcasting.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComparison(context, [](auto a, auto b) { return a == b; });
}

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalQuantizedComparison(context, [](int32_t a, int32_t b) { return a == b; });
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kInt16:
      return 5;
    case ElementType::kString:
      return 3;
    case ElementType::kInt8:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

OpDef Equal() {
  OpDef def = ComparisonRecord("EQUAL", schema::BuiltinOperator_EQUAL, "Equal", Eval);
  def.options = {schema::BuiltinOptions_EqualOptions, {}, /*written=*/false};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = true;
  def.version = Version;
  def.runtime = {.int16 = {2, 1}, .gap = "before, its kernel took no int16"};
  def.quant.int16_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
