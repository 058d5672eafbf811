// ROUND: the nearest integer, half to even.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Round() {
  OpDef def = UnaryRecord("ROUND", schema::BuiltinOperator_ROUND, "Round", EvalUnary<kernels::Unary::kRound>);
  def.tf.push_back({"Rint"});
  return def;
}

}  // namespace zeropoint::ops::records
