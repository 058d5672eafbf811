// RANDOM_STANDARD_NORMAL: random numbers with mean 0 and deviation 1 (Box and Muller's transform of pairs of uniform
// ones, computed as LiteRT does); operand 0 is the result's shape.
#include <algorithm>
#include <cmath>

#include "ops/philox.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr float kLeast = 1.0e-7f;  // keeps the logarithm finite; LiteRT's choice
constexpr double kTurn = 6.283185307179586;

absl::Status Eval(const EvalContext& context) {
  Philox random(context.attrs);
  float* y = context.outputs[0].As<float>();
  for (int64_t i = 0, n = context.outputs[0].elements(); i < n; i += 2) {
    const float distance = std::max(random.NextFloat(), kLeast);
    const float angle = static_cast<float>(kTurn * static_cast<double>(random.NextFloat()));
    const float radius = std::sqrt(-2.0f * std::log(distance));
    y[i] = std::sin(angle) * radius;
    if (i + 1 < n) y[i + 1] = std::cos(angle) * radius;
  }
  return absl::OkStatus();
}

}  // namespace

OpDef RandomStandardNormal() {
  return RandomRecord("RANDOM_STANDARD_NORMAL", schema::BuiltinOperator_RANDOM_STANDARD_NORMAL, "RandomStandardNormal",
                      {1, 1}, InferRandomFloats, Eval);
}

}  // namespace zeropoint::ops::records
