// NOT_EQUAL: a != b, numpy broadcasting. TF 2.21 keeps it float.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalComparison(context, [](auto a, auto b) { return a != b; });
}

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalQuantizedComparison(context, [](int32_t a, int32_t b) { return a != b; });
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kInt16:
      return 4;
    case ElementType::kString:
      return 3;
    case ElementType::kInt8:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

OpDef NotEqual() {
  OpDef def = ComparisonRecord("NOT_EQUAL", schema::BuiltinOperator_NOT_EQUAL, "NotEqual", Eval);
  def.options = {schema::BuiltinOptions_NotEqualOptions, {}, /*written=*/false};
  def.quant.int16_version = 2;  // though it stays float
  def.eval_quantized = EvalQuantized;
  def.version = Version;
  def.quant.integer_rewrite = "a LOGICAL_NOT of EQUAL";
  def.runtime = {.int16 = {2, 1}, .gap = "before, its kernel took no int16"};
  def.quant.int8_by_request = true;
  def.quant.int16_by_request = true;
  return def;
}

}  // namespace zeropoint::ops::records
