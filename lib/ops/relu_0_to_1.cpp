// RELU_0_TO_1: y = min(max(x, 0), 1). TF has no single op.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status EvalQuantized(const EvalContext& context) { return EvalQuantizedClamp(context, 0.0f, 1.0f); }

}  // namespace

OpDef Relu0To1() {
  OpDef def = UnaryRecord("RELU_0_TO_1", schema::BuiltinOperator_RELU_0_TO_1, "", EvalUnary<kernels::Unary::kRelu0To1>);
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = true;
  def.quant.by_table = true;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
