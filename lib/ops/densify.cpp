// DENSIFY: a sparse constant as a dense tensor. Sparsity is a way to store elements in a file, which memory never has.
#include "ops/data_movement.h"
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {

OpDef Densify() {
  OpDef def = UnaryRecord("DENSIFY", schema::BuiltinOperator_DENSIFY, "", EvalView);
  def.options = {schema::BuiltinOptions_DensifyOptions, {}, /*written=*/false};
  def.quant = {};
  return def;
}

}  // namespace zeropoint::ops::records
