// LEAKY_RELU: y = x where x >= 0, else alpha * x.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/quantized.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalUnaryFloat(context, kernels::Unary::kLeakyRelu, context.attrs.Float("alpha"));
}

absl::Status EvalQuantized(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Params from, ParamsOf(context.inputs[0].quant));
  ZP_ASSIGN_OR_RETURN(const Params to, ParamsOf(context.outputs[0].quant));
  const float alpha = context.attrs.Float("alpha");
  const numeric::Multiplier identity = numeric::ToMultiplier(static_cast<double>(from.scale / to.scale));
  const numeric::Multiplier slope = numeric::ToMultiplier(static_cast<double>(from.scale * std::abs(alpha) / to.scale));
  return ForIntegers(context, 1, [&]<typename T>(T) -> absl::Status {
    MapUnary<T, T>(context, [&](T q) {
      const int32_t x = static_cast<int32_t>(q) - from.zero_point;
      const int32_t y = x >= 0 ? numeric::Rescale(x, identity) : (alpha < 0.0f ? -1 : 1) * numeric::Rescale(x, slope);
      return static_cast<T>(LimitsOf<T>().Clamp(WrapAdd(y, to.zero_point)));
    });
    return absl::OkStatus();
  });
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set("alpha", graph.node(id).attrs().Float("alpha", 0.2f));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) { return context.input_type(0) == ElementType::kInt16 ? 2 : 1; }

}  // namespace

OpDef LeakyRelu() {
  OpDef def = UnaryRecord("LEAKY_RELU", schema::BuiltinOperator_LEAKY_RELU, "", Eval);
  def.options = {schema::BuiltinOptions_LeakyReluOptions,
                 {{"alpha", schema::LeakyReluOptions::VT_ALPHA, FieldKind::kFloat}}};
  def.tf = {{"LeakyRelu", Import}};
  def.eval_quantized = EvalQuantized;
  def.quant.int8 = def.quant.int16 = true;
  def.quant.int16_version = 2;
  def.version = Version;
  def.quant.by_table = true;
  def.overwritable_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
