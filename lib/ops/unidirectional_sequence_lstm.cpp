// UNIDIRECTIONAL_SEQUENCE_LSTM: an LSTM over a sequence, [batch, time, depth] or time first.
#include "ops/integer_lstm.h"
#include "ops/lstm_cell.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

absl::Status Infer(InferContext& context) {
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, kMaxLstmOperands));
  if (context.num_inputs() < kMinLstmOperands) {
    return absl::InvalidArgumentError(
        absl::StrCat("the op takes at least ", kMinLstmOperands, " operands, the node has ", context.num_inputs()));
  }
  const bool time_major = context.attrs().Bool(kTimeMajor);
  ZP_ASSIGN_OR_RETURN(const int64_t batch, BatchOf(context, 0, 3, time_major));
  ZP_ASSIGN_OR_RETURN(const int64_t outputs, CheckLstm(context, LstmOperands::OneDirection(), batch,
                                                       context.attrs().Bool("diagonal_recurrent_tensors")));
  context.set_output(0, context.input_type(0), LikeRows(context.input_shape(0), outputs));
  return absl::OkStatus();
}

int Version(const VersionContext& context) {
  constexpr int kWeights = 4;  // into the output gate, which every variant has
  const ElementType in = context.input_type(0), weight = context.input_type(kWeights);
  if (in == ElementType::kInt16 && weight == ElementType::kInt8) return 5;
  if (context.attrs().Bool("diagonal_recurrent_tensors")) return 4;
  if (in == ElementType::kFloat32 && weight == ElementType::kInt8)
    return context.attrs().Bool(kAsymmetricInputs) ? 3 : 2;
  return 1;
}

}  // namespace

OpDef UnidirectionalSequenceLstm() {
  using Table = schema::UnidirectionalSequenceLSTMOptions;
  OpDef def;
  def.name = "UNIDIRECTIONAL_SEQUENCE_LSTM";
  def.code = schema::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM;
  def.inputs = {1, kMaxLstmOperands};  // infer knows which of the first are there in which variant
  def.options = {schema::BuiltinOptions_UnidirectionalSequenceLSTMOptions,
                 {{kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"cell_clip", Table::VT_CELL_CLIP, FieldKind::kFloat},
                  {"proj_clip", Table::VT_PROJ_CLIP, FieldKind::kFloat},
                  {kTimeMajor, Table::VT_TIME_MAJOR, FieldKind::kBool},
                  {kAsymmetricInputs, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool},
                  {"diagonal_recurrent_tensors", Table::VT_DIAGONAL_RECURRENT_TENSORS, FieldKind::kBool}}};
  def.infer = Infer;
  def.prepare = def.prepare_hybrid = PrepareLstm;
  def.eval_float = def.eval_hybrid = EvalLstm;
  def.prepare_quantized = PrepareIntegerLstm;
  def.eval_quantized = EvalIntegerLstm;
  def.quant = LstmQuantization();
  def.version = Version;
  def.runtime.int16 = kNever;
  def.runtime.gap = kLstmGap;
  return def;
}

}  // namespace zeropoint::ops::records
