// LEAKY_RELU: y = x where x >= 0, else alpha * x.
#include "ops/elementwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  return EvalUnaryFloat(context, kernels::Unary::kLeakyRelu, context.attrs.Float("alpha"));
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
  def.quant.int8 = def.quant.int16 = true;
  def.quant.int16_version = 2;
  def.version = Version;
  def.quant.by_table = true;
  return def;
}

}  // namespace zeropoint::ops::records
