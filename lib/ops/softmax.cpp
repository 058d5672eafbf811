// SOFTMAX: y = exp(beta * x) / sum exp(beta * x) over the last dimension.
#include "kernels/reduce.h"
#include "ops/elementwise.h"
#include "ops/rowwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Rows rows, FloatRows(context));
  kernels::Softmax(context.inputs[0].As<float>(), context.outputs[0].As<float>(), rows.rows, rows.depth,
                   context.attrs.Float("beta"));
  return absl::OkStatus();
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  ir::Attributes attrs;
  attrs.Set("beta", 1.0f);
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  return context.input_type(0) == ElementType::kFloat16 ? 4 : VersionByInt8Then16(context);
}

}  // namespace

OpDef Softmax() {
  OpDef def = UnaryRecord("SOFTMAX", schema::BuiltinOperator_SOFTMAX, "", Eval);
  def.infer = InferRowwise;
  def.options = {schema::BuiltinOptions_SoftmaxOptions, {{"beta", schema::SoftmaxOptions::VT_BETA, FieldKind::kFloat}}};
  def.tf = {{"Softmax", Import}};
  def.quant.int8 = def.quant.int16 = true;
  def.quant.fixed_int8 = {1.0f / 256, -128};
  def.quant.fixed_int16 = {1.0f / 32768, 0};
  def.version = Version;
  def.in_place_operands = 1;
  return def;
}

}  // namespace zeropoint::ops::records
