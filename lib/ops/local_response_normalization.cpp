// LOCAL_RESPONSE_NORMALIZATION: x * (bias + alpha * s)^-beta, s being the sum of squares of the elements no more than
// radius positions away along the last dimension.
#include <algorithm>
#include <cmath>

#include "ops/elementwise.h"
#include "ops/rowwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckRank(context, 0, 4, "operand"));
  if (context.attrs().Int("radius") < 0) return absl::InvalidArgumentError("the radius is negative");
  return InferUnary(context);
}

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Rows rows, FloatRows(context));
  const float bias = context.attrs.Float("bias"), alpha = context.attrs.Float("alpha");
  const float beta = context.attrs.Float("beta");
  const int64_t depth = static_cast<int64_t>(rows.depth);
  const int64_t radius = std::min<int64_t>(context.attrs.Int("radius"), depth);
  const float* x = context.inputs[0].As<float>();
  float* y = context.outputs[0].As<float>();
  for (size_t row = 0; row < rows.rows; ++row, x += depth, y += depth) {
    for (int64_t c = 0; c < depth; ++c) {
      float sum = 0.0f;
      for (int64_t k = std::max<int64_t>(0, c - radius); k < std::min(depth, c + radius + 1); ++k) sum += x[k] * x[k];
      y[c] = x[c] * std::pow(bias + alpha * sum, -beta);
    }
  }
  return absl::OkStatus();
}

absl::Status Import(ir::Graph& graph, ir::NodeId id) {
  const ir::Attributes& tf = graph.node(id).attrs();
  ir::Attributes attrs;
  attrs.Set("radius", tf.Int("depth_radius"));
  for (const char* same : {"bias", "alpha", "beta"}) attrs.Set(same, tf.Float(same));
  graph.node(id).info.attrs = std::move(attrs);
  return absl::OkStatus();
}

}  // namespace

namespace records {

OpDef LocalResponseNormalization() {
  using Table = schema::LocalResponseNormalizationOptions;
  OpDef def =
      UnaryRecord("LOCAL_RESPONSE_NORMALIZATION", schema::BuiltinOperator_LOCAL_RESPONSE_NORMALIZATION, "", Eval);
  def.options = {schema::BuiltinOptions_LocalResponseNormalizationOptions,
                 {{"radius", Table::VT_RADIUS, FieldKind::kInt32},
                  {"bias", Table::VT_BIAS, FieldKind::kFloat},
                  {"alpha", Table::VT_ALPHA, FieldKind::kFloat},
                  {"beta", Table::VT_BETA, FieldKind::kFloat}}};
  def.tf = {{"LRN", Import}};
  def.infer = Infer;
  def.runtime = {.int8 = kNever, .int16 = kNever, .gap = "its kernel takes float32 only"};
  return def;
}

}  // namespace records
}  // namespace zeropoint::ops
