// EXP: y = e^x.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status EvalQuantized(const EvalContext& context) {
  return EvalByTable(
      context, [](float x) { return std::exp(x); }, /*wide=*/true);
}

}  // namespace

OpDef Exp() {
  OpDef def = UnaryRecord("EXP", schema::BuiltinOperator_EXP, "Exp", EvalUnary<kernels::Unary::kExp>);
  def.options = {schema::BuiltinOptions_ExpOptions, {}};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.version = VersionInt8Or16Is2;
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
