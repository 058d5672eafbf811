// RELU_0_TO_1: y = min(max(x, 0), 1). TF has no single op.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Relu0To1() {
  OpDef def = UnaryRecord("RELU_0_TO_1", schema::BuiltinOperator_RELU_0_TO_1, "", EvalUnary<kernels::Unary::kRelu0To1>);
  def.quant.int8 = true;
  def.quant.by_table = true;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace zeropoint::ops::records
