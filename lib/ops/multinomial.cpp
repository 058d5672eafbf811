// MULTINOMIAL: for each row of operand 0 (logits) as many random columns as operand 1 says, a column being as likely as
// e to its logit in relation to the row's others.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/infer.h"
#include "ops/philox.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckType(context, 0, {ElementType::kFloat32}));
  ZP_RETURN_IF_ERROR(CheckType(context, 1, {ElementType::kInt32}));
  ZP_RETURN_IF_ERROR(CheckRank(context, 0, 2, "logits"));
  const ElementType type = context.output_type(0);
  if (type != ElementType::kInt32 && type != ElementType::kInt64) {
    return absl::InvalidArgumentError(absl::StrCat("columns cannot be counted in ", Name(type)));
  }
  const ir::Shape& logits = context.input_shape(0);
  const auto samples = context.input_ints(1);
  const bool known = samples && samples->size() == 1 && context.input_ints_complete(1);
  if (known && samples->front() < 0) return absl::InvalidArgumentError("a negative number of samples");
  context.set_output(0, type, {logits.ranked() ? logits[0] : ir::kDynamic, known ? samples->front() : ir::kDynamic});
  return absl::OkStatus();
}

template <typename T>
absl::Status Draw(const EvalContext& context) {
  const TensorView& logits = context.inputs[0];
  const int64_t columns = logits.dim(1), samples = context.outputs[0].dim(1);
  if (columns == 0 && context.outputs[0].elements() != 0) {
    return absl::InvalidArgumentError("there are no columns to draw from");
  }
  Philox random(context.attrs);
  std::vector<double> sums(static_cast<size_t>(columns));
  const float* row = logits.As<float>();
  T* y = context.outputs[0].As<T>();
  for (int64_t i = 0; i < logits.dim(0); ++i, row += columns) {
    float most = std::numeric_limits<float>::lowest();
    for (int64_t c = 0; c < columns; ++c) {
      if (std::isfinite(row[c])) most = std::max(most, row[c]);
    }
    double sum = 0;
    for (int64_t c = 0; c < columns; ++c) {
      if (std::isfinite(row[c])) sum += std::exp(static_cast<double>(row[c]) - static_cast<double>(most));
      sums[static_cast<size_t>(c)] = sum;
    }
    for (int64_t s = 0; s < samples; ++s) {
      const double place = random.NextDouble() * sum;
      const auto drawn = std::upper_bound(sums.begin(), sums.end(), place) - sums.begin();
      *y++ = static_cast<T>(std::min<int64_t>(drawn, columns - 1));
    }
  }
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  return context.outputs[0].type == ElementType::kInt32 ? Draw<int32_t>(context) : Draw<int64_t>(context);
}

}  // namespace

OpDef Multinomial() {
  OpDef def = RandomRecord("MULTINOMIAL", schema::BuiltinOperator_MULTINOMIAL, "Multinomial", {2, 2}, Infer, Eval);
  def.quant.inputs = {OperandSpec::Activation(), OperandSpec::Other()};
  def.quant.outputs = {OperandSpec::Other()};
  def.runtime.gap = "logits are float32 only";
  return def;
}

}  // namespace zeropoint::ops::records
