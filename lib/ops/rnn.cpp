// RNN: one step of a plain recurrent cell, [batch, depth].
#include "ops/activation.h"
#include "ops/rnn_cell.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) { return InferRnn(context, 2); }

}  // namespace

OpDef Rnn() {
  using Table = schema::RNNOptions;
  OpDef def;
  def.name = "RNN";
  def.code = schema::BuiltinOperator_RNN;
  def.inputs = {kRnnOperands, kRnnOperands};
  def.options = {schema::BuiltinOptions_RNNOptions,
                 {{kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {kAsymmetricInputs, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool}}};
  def.infer = Infer;
  def.prepare = PrepareRnn;
  def.eval_float = EvalRnn;
  def.quant = RnnQuantization();
  def.version = RnnVersion;
  def.runtime.int8 = def.runtime.int16 = kNever;
  def.runtime.gap = kNoIntegerRnn;
  return def;
}

}  // namespace zeropoint::ops::records
