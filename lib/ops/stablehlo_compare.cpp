// STABLEHLO_COMPARE: a bool for each pair of elements, by the direction in the options. Under the total order of floats
// -0 is below 0 and NaN is equal to itself, above or below everything by its sign.
#include <cstring>
#include <functional>

#include "absl/strings/str_cat.h"
#include "ops/stablehlo.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

using Options = schema::StablehloCompareOptions;

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(stablehlo::InferAlike(context));
  ZP_ASSIGN_OR_RETURN(ir::Shape shape, stablehlo::MergedShape(context.input_shape(0), context.input_shape(1)));
  context.set_output(0, ElementType::kBool, std::move(shape));
  return absl::OkStatus();
}

// An integer that is ordered as floats are under the total order.
int32_t TotalOrder(float x) {
  int32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits < 0 ? bits ^ std::numeric_limits<int32_t>::max() : bits;
}

template <typename F>
absl::Status Compare(const EvalContext& context, F f) {
  if (context.attrs.Int("compare_type") ==
      schema::StablehloComparisonType_STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER) {
    if (context.inputs[0].type != ElementType::kFloat32) return NoKernelFor(context.inputs[0].type);
    MapBinary<float, bool>(context, [f](float a, float b) { return f(TotalOrder(a), TotalOrder(b)); });
    return absl::OkStatus();
  }
  return EvalComparison(context, f);
}

absl::Status Eval(const EvalContext& context) {
  const int64_t direction = context.attrs.Int("comparison_direction");
  switch (direction) {
    case schema::StablehloComparisonDirection_STABLEHLO_COMPARISON_DIRECTION_EQ:
      return Compare(context, std::equal_to<>());
    case schema::StablehloComparisonDirection_STABLEHLO_COMPARISON_DIRECTION_NE:
      return Compare(context, std::not_equal_to<>());
    case schema::StablehloComparisonDirection_STABLEHLO_COMPARISON_DIRECTION_GE:
      return Compare(context, std::greater_equal<>());
    case schema::StablehloComparisonDirection_STABLEHLO_COMPARISON_DIRECTION_GT:
      return Compare(context, std::greater<>());
    case schema::StablehloComparisonDirection_STABLEHLO_COMPARISON_DIRECTION_LE:
      return Compare(context, std::less_equal<>());
    case schema::StablehloComparisonDirection_STABLEHLO_COMPARISON_DIRECTION_LT:
      return Compare(context, std::less<>());
    default:
      return absl::InvalidArgumentError(absl::StrCat("there is no comparison direction ", direction));
  }
}

}  // namespace

OpDef StablehloCompare() {
  OpDef def = stablehlo::Elementwise("STABLEHLO_COMPARE", schema::BuiltinOperator_STABLEHLO_COMPARE, 2, Eval);
  def.options = {.table = schema::BuiltinOptions2_StablehloCompareOptions,
                 .fields = {{"comparison_direction", Options::VT_COMPARISON_DIRECTION, FieldKind::kInt32},
                            {"compare_type", Options::VT_COMPARE_TYPE, FieldKind::kInt32}},
                 .second = true};
  def.infer = Infer;
  def.quant.outputs = {OperandSpec::Other()};
  return def;
}

}  // namespace zeropoint::ops::records
