// SELECT: elements of a where the condition is true, else of b. The condition has the operands' shape, or is a vector
// that chooses along the first dimension, or a scalar.
#include <algorithm>

#include "ops/choose.h"
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckChoose(context));
  const ir::Shape& condition = context.input_shape(0);
  ir::Shape shape = context.input_shape(1);
  const ir::Shape& other = context.input_shape(2);
  const auto mismatch = [&] {
    return absl::InvalidArgumentError(absl::StrCat("shapes ", condition.ToString(), ", ",
                                                   context.input_shape(1).ToString(), " and ", other.ToString(),
                                                   " do not select"));
  };
  if (!shape.ranked()) shape = other;
  if (shape.ranked() && other.ranked()) {
    if (shape.rank() != other.rank()) return mismatch();
    for (int i = 0; i < shape.rank(); ++i) {
      if (!Compatible(shape[i], other[i])) return mismatch();
      shape.set(i, Known(shape[i], other[i]));
    }
  }
  if (condition.ranked() && shape.ranked() && condition.rank() > 0) {
    if (condition.rank() != 1 && condition.rank() != shape.rank()) return mismatch();
    for (int i = 0; i < std::min(condition.rank(), shape.rank()); ++i) {
      const bool stretched = condition.rank() == 1 && condition[i] == 1;
      if (!stretched && !Compatible(condition[i], shape[i])) return mismatch();
    }
  }
  context.set_output(0, context.input_type(1), std::move(shape));
  return absl::OkStatus();
}

absl::Status Eval(const EvalContext& context) {
  // A vector chooses along the first dimension: ones behind it make that plain broadcasting.
  ir::Dims condition(context.inputs[0].dims.begin(), context.inputs[0].dims.end());
  if (condition.size() == 1) condition.resize(std::max<size_t>(1, context.outputs[0].dims.size()), 1);
  return EvalChoose(context, condition);
}

int Version(const VersionContext& context) {
  constexpr int kWide = 5;
  if (context.input_type(1) == ElementType::kUInt32) return 4;
  for (int i = 0; i < 3; ++i) {
    if (context.input_shape(i).rank() == kWide) return 3;
  }
  return VersionInt8Is2(context);
}

}  // namespace

OpDef Select() {
  OpDef def = ChooseRecord("SELECT", schema::BuiltinOperator_SELECT, "Select", Infer, Eval);
  def.options = {schema::BuiltinOptions_SelectOptions, {}};
  def.quant.int16 = true;
  // TF takes operand 1's parameters for the result and leaves operand 2 as it is, which is wrong when they differ.
  def.quant.int16_operands_like_result = true;
  def.version = Version;
  return def;
}

}  // namespace zeropoint::ops::records
