// ELU: y = x where x >= 0, else exp(x) - 1.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalByTable(
      context, [](float x) { return x < 0.0f ? std::expm1(x) : x; }, /*wide=*/false);
}

}  // namespace

OpDef Elu() {
  OpDef def = UnaryRecord("ELU", schema::BuiltinOperator_ELU, "Elu", EvalUnary<kernels::Unary::kElu>);
  def.eval_quantized = EvalQuantized;
  def.quant.by_table = true;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  def.quant.int8_by_request = true;
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
