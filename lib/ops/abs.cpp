// ABS: the absolute value.
#include <cstdlib>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  if (context.inputs[0].type == ElementType::kFloat32) return EvalUnaryFloat(context, kernels::Unary::kAbs);
  return EvalUnaryInts(context, [](auto x) { return x < 0 ? WrapSub<decltype(x)>(0, x) : x; });
}

int Version(const VersionContext& context) {
  switch (context.input_type(0)) {
    case ElementType::kInt32:
      return 5;
    case ElementType::kInt16:
      return context.input_quant(0).quantized() ? 3 : 4;
    case ElementType::kInt8:
    case ElementType::kUInt8:
      return 2;
    default:
      return 1;
  }
}

absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  const bool rescale = from.scale != to.scale;
  const numeric::Multiplier factor = numeric::ToMultiplier(static_cast<double>(from.scale / to.scale));
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    MapUnary<T, T>(context, [&](T q) {
      const int32_t x = std::abs(static_cast<int32_t>(q) - from.zero_point);
      return static_cast<T>(LimitsOf<T>().Clamp(WrapAdd(rescale ? numeric::Rescale(x, factor) : x, to.zero_point)));
    });
    return absl::OkStatus();
  });
}

}  // namespace

OpDef Abs() {
  OpDef def = UnaryRecord("ABS", schema::BuiltinOperator_ABS, "Abs", Eval);
  def.eval_quantized = EvalQuantized;
  def.options = {schema::BuiltinOptions_AbsOptions, {}, /*written=*/false};
  def.quant.int8 = def.quant.int16 = true;
  def.version = Version;
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
