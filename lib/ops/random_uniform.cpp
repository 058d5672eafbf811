// RANDOM_UNIFORM: random numbers in [0, 1), equally likely; operand 0 is the result's shape.
#include "ops/philox.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  Philox random(context.attrs);
  float* y = context.outputs[0].As<float>();
  for (int64_t i = 0, n = context.outputs[0].elements(); i < n; ++i) y[i] = random.NextFloat();
  return absl::OkStatus();
}

}  // namespace

OpDef RandomUniform() {
  return RandomRecord("RANDOM_UNIFORM", schema::BuiltinOperator_RANDOM_UNIFORM, "RandomUniform", {1, 1},
                      InferRandomFloats, Eval);
}

}  // namespace zeropoint::ops::records
