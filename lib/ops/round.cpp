// ROUND: the nearest integer, half to even.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Round() {
  OpDef def = UnaryRecord("ROUND", schema::BuiltinOperator_ROUND, "Round", EvalUnary<kernels::Unary::kRound>);
  def.tf.push_back({"Rint"});
  def.quant.by_table = true;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace zeropoint::ops::records
