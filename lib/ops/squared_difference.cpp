// SQUARED_DIFFERENCE: (a - b)^2. LiteRT has no int16 kernel, so 16x8 keeps it float.
#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32)
    return EvalBinaryFloat(context, kernels::Binary::kSquaredDifference);
  return EvalBinaryInts(context, []<typename T>(T a, T b) { return WrapMul(WrapSub(a, b), WrapSub(a, b)); });
}

absl::Status EvalQuantized(const EvalContext& context) {
  constexpr int kShift = 7;
  ZP_ASSIGN_OR_RETURN(const Params a, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params b, ParamsOf(context.inputs[1].quant));
  ZP_ASSIGN_OR_RETURN(const Params y, ParamsOf(context.outputs[0].quant));
  if (context.outputs[0].type == ElementType::kInt16) return NoIntegerKernelFor(context.outputs[0].type);
  const CommonScale common = TwiceTheLarger(a, b, kShift);
  const double twice = static_cast<double>(2 * std::max(a.scale, b.scale));
  const float unit = static_cast<float>(1 << (2 * kShift)) * y.scale;
  const numeric::Multiplier back = numeric::ToMultiplier(twice * twice / static_cast<double>(unit));
  return ForIntegers(context, 2, [&]<typename T>(T) -> absl::Status {
    MapBinary<T, T>(context, [&](T p, T q) {
      const int32_t difference = common.A(p) - common.B(q);
      const int32_t scaled = numeric::Rescale(difference * difference, back);
      return static_cast<T>(LimitsOf<T>().Clamp(WrapAdd(scaled, y.zero_point)));
    });
    return absl::OkStatus();
  });
}

// Measured with LiteRT 2.3: preparing it fails an assertion.
absl::string_view IntegerGap(const ir::Graph&, const ir::Node& node) {
  return node.input(0) == node.input(1) ? "LiteRT's integer kernel aborts when both operands are one tensor" : "";
}

}  // namespace

OpDef SquaredDifference() {
  OpDef def = BinaryRecord("SQUARED_DIFFERENCE", schema::BuiltinOperator_SQUARED_DIFFERENCE, "SquaredDifference", Eval);
  def.options = {schema::BuiltinOptions_SquaredDifferenceOptions, {}, /*written=*/false};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = true;
  def.quant.integer_gap = IntegerGap;
  def.version = VersionInt8Is2;
  def.quant.integer_rewrite = "a SUB and a MUL";
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  def.overwritable_operands = 2;
  return def;
}

}  // namespace zeropoint::ops::records
