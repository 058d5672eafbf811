// UNIDIRECTIONAL_SEQUENCE_RNN: a plain recurrent cell over a sequence, [batch, time, depth] or time first.
#include "ops/activation.h"
#include "ops/rnn_cell.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) { return InferRnn(context, 3); }

}  // namespace

OpDef UnidirectionalSequenceRnn() {
  using Table = schema::SequenceRNNOptions;
  OpDef def = RnnRecord("UNIDIRECTIONAL_SEQUENCE_RNN", schema::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN);
  def.options = {schema::BuiltinOptions_SequenceRNNOptions,
                 {{kTimeMajor, Table::VT_TIME_MAJOR, FieldKind::kBool},
                  {kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {kAsymmetricInputs, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool}}};
  def.infer = Infer;
  return def;
}

}  // namespace zeropoint::ops::records
