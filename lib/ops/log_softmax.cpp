// LOG_SOFTMAX: y = x - log sum exp(x) over the last dimension.
#include "kernels/reduce.h"
#include "ops/elementwise.h"
#include "ops/rowwise.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Eval(const EvalContext& context) {
  ZP_ASSIGN_OR_RETURN(const Rows rows, FloatRows(context));
  kernels::LogSoftmax(context.inputs[0].As<float>(), context.outputs[0].As<float>(), rows.rows, rows.depth);
  return absl::OkStatus();
}

}  // namespace

OpDef LogSoftmax() {
  OpDef def = UnaryRecord("LOG_SOFTMAX", schema::BuiltinOperator_LOG_SOFTMAX, "LogSoftmax", Eval);
  def.infer = InferRowwise;
  def.options = {schema::BuiltinOptions_LogSoftmaxOptions, {}};
  def.quant.int8 = true;
  def.quant.fixed_int8 = {16.0f / 256, 127};
  def.version = VersionInt8Is2;
  def.runtime = {.int16 = kNever, .gap = "its kernel takes no int16"};
  return def;
}

}  // namespace zeropoint::ops::records
