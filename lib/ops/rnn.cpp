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
  OpDef def = RnnRecord("RNN", schema::BuiltinOperator_RNN);
  def.options = {schema::BuiltinOptions_RNNOptions,
                 {{kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {kAsymmetricInputs, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool}}};
  def.infer = Infer;
  return def;
}

}  // namespace zeropoint::ops::records
