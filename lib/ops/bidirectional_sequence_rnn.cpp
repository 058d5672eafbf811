// BIDIRECTIONAL_SEQUENCE_RNN: two plain recurrent cells over a sequence, the second from its end. The auxiliary input
// goes to both beside the input where there are weights for it; without them the second one reads it in place of the
// input.
#include "absl/strings/str_cat.h"
#include "ops/activation.h"
#include "ops/rnn_cell.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops::records {
namespace {

constexpr int kOperands = 12;
constexpr int kAuxInput = 9, kForwardAuxWeights = 10;
constexpr char kMergeOutputs[] = "merge_outputs";

RnnOperands BackwardOperands(bool reads_aux) {
  RnnOperands operands = RnnOperands::Backward();
  if (reads_aux) {
    operands.input = kAuxInput;
    operands.aux_input = operands.aux_weights = -1;
  }
  return operands;
}

absl::Status CheckAuxInput(const InferContext& context) {
  if (!context.has_input(kAuxInput)) return absl::OkStatus();
  const ir::Shape &input = context.input_shape(0), &aux = context.input_shape(kAuxInput);
  ZP_RETURN_IF_ERROR(CheckRank(context, kAuxInput, 3, "auxiliary input"));
  if (!input.ranked() || !aux.ranked() || (Compatible(input[0], aux[0]) && Compatible(input[1], aux[1]))) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the auxiliary input ", aux.ToString(), " does not fit the input ", input.ToString()));
}

absl::Status Infer(InferContext& context) {
  const bool merge = context.attrs().Bool(kMergeOutputs);
  ZP_RETURN_IF_ERROR(CheckArity(context, 1, kOperands, merge ? 1 : 2));
  if (context.num_inputs() != kOperands) {
    return absl::InvalidArgumentError(
        absl::StrCat("the op takes ", kOperands, " operands, the node has ", context.num_inputs()));
  }
  ZP_ASSIGN_OR_RETURN(const int64_t batch, BatchOf(context, 0, 3, context.attrs().Bool(kTimeMajor)));
  ZP_RETURN_IF_ERROR(CheckAuxInput(context));
  const bool reads_aux = context.has_input(kAuxInput) && !context.has_input(kForwardAuxWeights);
  ZP_ASSIGN_OR_RETURN(const int64_t forward, CheckRnn(context, RnnOperands::Forward(), batch));
  ZP_ASSIGN_OR_RETURN(const int64_t backward, CheckRnn(context, BackwardOperands(reads_aux), batch));
  const bool known = forward != ir::kDynamic && backward != ir::kDynamic;
  const int64_t both = known ? forward + backward : ir::kDynamic;
  context.set_output(0, context.input_type(0), LikeRows(context.input_shape(0), merge ? both : forward));
  if (!merge) context.set_output(1, context.input_type(0), LikeRows(context.input_shape(0), backward));
  return absl::OkStatus();
}

struct Directions {
  std::unique_ptr<PackedRnn> forward, backward;
};

std::unique_ptr<Directions> Pack(absl::Span<const TensorView> inputs, const ir::Attributes& attrs) {
  if (inputs.size() != kOperands) return nullptr;
  // An absent operand has neither contents nor dimensions.
  const auto is_there = [&](size_t i) { return inputs[i].data != nullptr || inputs[i].rank() > 0; };
  const bool reads_aux = is_there(kAuxInput) && !is_there(kForwardAuxWeights);
  auto both = std::make_unique<Directions>();
  both->forward = PackedRnn::Pack(inputs, RnnOperands::Forward(), attrs);
  both->backward = PackedRnn::Pack(inputs, BackwardOperands(reads_aux), attrs);
  return both->forward == nullptr || both->backward == nullptr ? nullptr : std::move(both);
}

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  return std::shared_ptr<const Directions>(Pack(context.inputs, context.attrs));
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloatsOrHybrid(context));
  std::unique_ptr<Directions> now;
  const auto* both = PreparedOrNow(context, now, [&] { return Pack(context.inputs, context.attrs); });
  if (both == nullptr) return absl::InvalidArgumentError("the weights are no matrices of one type");
  const bool merge = context.attrs.Bool(kMergeOutputs);
  PackedRnn::Task task;
  ZP_ASSIGN_OR_RETURN(task.activation, FusedFunction(context.attrs));
  task.sequence = SequenceOf(context.inputs[0], context.attrs.Bool(kTimeMajor));
  task.out = context.outputs[0].As<float>();
  task.out_stride = both->forward->units() + (merge ? both->backward->units() : 0);
  ZP_RETURN_IF_ERROR(both->forward->Run(context, task));
  task.backwards = true;
  task.out = merge ? task.out + both->forward->units() : context.outputs[1].As<float>();
  if (!merge) task.out_stride = both->backward->units();
  return both->backward->Run(context, task);
}

// TensorFlow's converter leaves it float even in dynamic range; LiteRT's kernel takes int8 weights.
QuantSpec Quantization() {
  QuantSpec spec;
  spec.inputs.assign(kOperands, OperandSpec::Other());
  spec.inputs[0] = spec.inputs[kAuxInput] = OperandSpec::Activation();
  spec.outputs = {OperandSpec::Activation()};
  return spec;
}

}  // namespace

OpDef BidirectionalSequenceRnn() {
  using Table = schema::BidirectionalSequenceRNNOptions;
  OpDef def;
  def.name = "BIDIRECTIONAL_SEQUENCE_RNN";
  def.code = schema::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN;
  def.inputs = {kAuxInput, kOperands};
  def.outputs = {1, 2};
  def.options = {schema::BuiltinOptions_BidirectionalSequenceRNNOptions,
                 {{kTimeMajor, Table::VT_TIME_MAJOR, FieldKind::kBool},
                  {kFusedActivation, Table::VT_FUSED_ACTIVATION_FUNCTION, FieldKind::kInt8},
                  {kMergeOutputs, Table::VT_MERGE_OUTPUTS, FieldKind::kBool},
                  {kAsymmetricInputs, Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, FieldKind::kBool}}};
  def.infer = Infer;
  def.prepare = def.prepare_hybrid = Prepare;
  def.eval_float = def.eval_hybrid = Eval;
  def.quant = Quantization();
  def.version = RnnVersion;
  def.runtime.int8 = def.runtime.int16 = kNever;
  def.runtime.gap = kNoIntegerRnn;
  return def;
}

}  // namespace zeropoint::ops::records
