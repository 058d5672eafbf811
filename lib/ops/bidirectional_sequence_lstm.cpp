// BIDIRECTIONAL_SEQUENCE_LSTM: two LSTMs over a sequence, the second from its end. The auxiliary input goes to both
// beside the input where there are weights for it; without them it is what the second one reads in place of the input.
#include "ops/lstm_cell.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr int kOperands = 48;
constexpr int kAuxInput = 39, kFirstAuxWeights = 40;
constexpr char kMergeOutputs[] = "merge_outputs";

LstmOperands BackwardOperands(bool reads_aux) {
  LstmOperands operands = LstmOperands::Backward();
  if (reads_aux) {
    operands.input = kAuxInput;
    operands.aux_input = operands.aux_weights = -1;
  }
  return operands;
}

// Any gate's weights will do; those of the output gate are always there.
template <typename HasInput>
bool BackwardReadsAux(HasInput has_input) {
  return has_input(kAuxInput) && !has_input(kFirstAuxWeights + kGates - 1);
}

absl::Status Infer(InferContext& context) {
  const bool merge = context.attrs().Bool(kMergeOutputs);
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, kOperands, merge ? 1 : 2));
  if (context.num_inputs() != kOperands) {
    return absl::InvalidArgumentError(
        absl::StrCat("the op takes ", kOperands, " operands, the node has ", context.num_inputs()));
  }
  const bool time_major = context.attrs().Bool(kTimeMajor, true);
  ZP_ASSIGN_OR_RETURN(const int64_t batch, BatchOf(context, 0, 3, time_major));
  if (context.has_input(kAuxInput)) {
    const ir::Shape &input = context.input_shape(0), &aux = context.input_shape(kAuxInput);
    ZP_RETURN_IF_ERROR(CheckRank(context, kAuxInput, 3, "auxiliary input"));
    if (input.ranked() && aux.ranked() && (!Compatible(input[0], aux[0]) || !Compatible(input[1], aux[1]))) {
      return absl::InvalidArgumentError(
          absl::StrCat("the auxiliary input ", aux.ToString(), " does not fit the input ", input.ToString()));
    }
  }
  const bool reads_aux = BackwardReadsAux([&](int i) { return context.has_input(i); });
  ZP_ASSIGN_OR_RETURN(const int64_t forward, CheckLstm(context, LstmOperands::Forward(), batch, false));
  ZP_ASSIGN_OR_RETURN(const int64_t backward, CheckLstm(context, BackwardOperands(reads_aux), batch, false));
  const bool known = forward != ir::kDynamic && backward != ir::kDynamic;
  const int64_t both = known ? forward + backward : ir::kDynamic;
  context.set_output(0, context.input_type(0), LikeRows(context.input_shape(0), merge ? both : forward));
  if (!merge) context.set_output(1, context.input_type(0), LikeRows(context.input_shape(0), backward));
  return absl::OkStatus();
}

struct Directions {
  std::unique_ptr<PackedLstm> forward, backward;
};

std::unique_ptr<Directions> Pack(absl::Span<const TensorView> inputs, bool reads_aux, const ir::Attributes& attrs) {
  auto both = std::make_unique<Directions>();
  both->forward = PackedLstm::Pack(inputs, LstmOperands::Forward(), attrs);
  both->backward = PackedLstm::Pack(inputs, BackwardOperands(reads_aux), attrs);
  return both->forward == nullptr || both->backward == nullptr ? nullptr : std::move(both);
}

bool BackwardReadsAux(absl::Span<const TensorView> inputs) {
  // An absent operand has neither contents nor dimensions.
  return BackwardReadsAux([&](int i) {
    const auto at = static_cast<size_t>(i);
    return at < inputs.size() && (inputs[at].data != nullptr || inputs[at].rank() > 0);
  });
}

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  return std::shared_ptr<const Directions>(Pack(context.inputs, BackwardReadsAux(context.inputs), context.attrs));
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloatsOrHybrid(context));
  PackedLstm::Task task;
  ZP_ASSIGN_OR_RETURN(task.settings, LstmSettings::Of(context.attrs));
  std::unique_ptr<Directions> now;
  const auto* both = PreparedOrNow(
      context, now, [&] { return Pack(context.inputs, BackwardReadsAux(context.inputs), context.attrs); });
  if (both == nullptr) return absl::InvalidArgumentError("the weights are no matrices of one type");
  const bool merge = context.attrs.Bool(kMergeOutputs);
  task.sequence = SequenceOf(context.inputs[0], context.attrs.Bool(kTimeMajor, true));
  task.out = context.outputs[0].As<float>();
  task.out_stride = both->forward->outputs() + (merge ? both->backward->outputs() : 0);
  ZP_RETURN_IF_ERROR(both->forward->Run(context, task));
  task.backwards = true;
  task.out = merge ? task.out + both->forward->outputs() : context.outputs[1].As<float>();
  if (!merge) task.out_stride = both->backward->outputs();
  return both->backward->Run(context, task);
}

int Version(const VersionContext& context) {
  constexpr int kWeights = 4;  // into the output gate, which every variant has
  const bool hybrid =
      context.input_type(0) == ElementType::kFloat32 && context.input_type(kWeights) == ElementType::kInt8;
  if (!hybrid) return 1;
  return context.attrs().Bool(kAsymmetricInputs) ? 3 : 2;
}

// The static modes have no recipe for it; weights alone become int8.
QuantSpec Quantization() {
  QuantSpec spec;
  spec.inputs.assign(kOperands, OperandSpec::Other());
  spec.inputs[0] = spec.inputs[kAuxInput] = OperandSpec::Activation();
  spec.outputs = {OperandSpec::Activation()};
  const auto weights = [&](int first, int last) {
    for (int operand = first; operand <= last; ++operand) {
      spec.inputs[static_cast<size_t>(operand)] = OperandSpec::Weight(-1);
      spec.dynamic_range.push_back({operand, -1, /*hybrid=*/true});
    }
  };
  for (const LstmOperands& at : {LstmOperands::Forward(), LstmOperands::Backward()}) {
    weights(at.input_weights, at.biases - 1);
    weights(at.projection, at.projection);
    weights(at.aux_weights, at.aux_weights + kGates - 1);
  }
  spec.dynamic_range_all_or_none = true;
  spec.dynamic_range_attrs = {{kAsymmetricInputs, true}};
  return spec;
}

}  // namespace

OpDef BidirectionalSequenceLstm() {
  using Table = schema::BidirectionalSequenceLSTMOptions;
  OpDef def;
  def.name = "BIDIRECTIONAL_SEQUENCE_LSTM";
  def.code = schema::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM;
  def.inputs = {1, kOperands};  // infer knows which of them are there in which variant
  def.outputs = {1, 2};
  def.options = {schema::BuiltinOptions_BidirectionalSequenceLSTMOptions,
                 {{kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {"cell_clip", Table::VT_CELL_CLIP, FieldKind::kFloat},
                  {"proj_clip", Table::VT_PROJ_CLIP, FieldKind::kFloat},
                  {kMergeOutputs, Table::VT_MERGE_OUTPUTS, FieldKind::kBool},
                  {kTimeMajor, Table::VT_TIME_MAJOR, FieldKind::kBool, 1},
                  {kAsymmetricInputs, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool}}};
  def.infer = Infer;
  def.prepare = def.prepare_hybrid = Prepare;
  def.eval_float = def.eval_hybrid = Eval;
  def.quant = Quantization();
  def.version = Version;
  def.runtime.int8 = def.runtime.int16 = kNever;
  def.runtime.gap = "LiteRT has no integer kernel of it";
  return def;
}

}  // namespace zeropoint::ops::records
