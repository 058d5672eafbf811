#include "ops/rnn_cell.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ops/weights.h"

namespace zeropoint::ops {

absl::StatusOr<int64_t> CheckRnn(const InferContext& context, const RnnOperands& operands, int64_t batch) {
  for (int operand : {operands.weights, operands.recurrent_weights, operands.bias, operands.state}) {
    if (!context.has_input(operand)) {
      return absl::InvalidArgumentError(absl::StrCat("operand ", operand, " is required but absent"));
    }
  }
  const ir::Shape& input = context.input_shape(operands.input);
  const int64_t depth = input.ranked() ? input[input.rank() - 1] : ir::kDynamic;
  const int64_t units = DimOrDynamic(context, operands.weights, 0);
  if (depth == 0 || units == 0) return absl::InvalidArgumentError("the weights have no elements");
  ZP_RETURN_IF_ERROR(CheckShape(context, operands.weights, {units, depth}));
  ZP_RETURN_IF_ERROR(CheckShape(context, operands.recurrent_weights, {units, units}));
  ZP_RETURN_IF_ERROR(CheckShape(context, operands.bias, {units}));
  ZP_RETURN_IF_ERROR(CheckShape(context, operands.state, {batch, units}));
  if (operands.aux_weights >= 0 && context.has_input(operands.aux_weights)) {
    if (!context.has_input(operands.aux_input)) {
      return absl::InvalidArgumentError("there are weights of an auxiliary input, but no such input");
    }
    const ir::Shape& aux = context.input_shape(operands.aux_input);
    const int64_t aux_depth = aux.ranked() ? aux[aux.rank() - 1] : ir::kDynamic;
    if (aux_depth == 0) return absl::InvalidArgumentError("the weights have no elements");
    ZP_RETURN_IF_ERROR(CheckShape(context, operands.aux_weights, {units, aux_depth}));
  }
  return units;
}

std::unique_ptr<PackedRnn> PackedRnn::Pack(absl::Span<const TensorView> inputs, const RnnOperands& operands,
                                           const ir::Attributes& attrs) {
  const bool asymmetric = attrs.Bool(kAsymmetricInputs);
  auto packed = std::make_unique<PackedRnn>();
  const TensorView aux = OperandOrNone(inputs, operands.aux_weights);
  packed->operands_ = operands;
  packed->input_ = GateProduct::Pack({OperandOrNone(inputs, operands.weights)}, asymmetric);
  packed->recurrent_ = GateProduct::Pack({OperandOrNone(inputs, operands.recurrent_weights)}, asymmetric);
  packed->aux_ = GateProduct::Pack({aux}, asymmetric);
  const bool waits_for_aux = !packed->aux_.has_value() && aux.rank() > 0;
  if (!packed->input_.has_value() || !packed->recurrent_.has_value() || waits_for_aux) return nullptr;
  return packed;
}

absl::Status PackedRnn::Run(const EvalContext& context, const Task& task) const {
  const int64_t rows = task.sequence.rows(), batch = task.sequence.batch;
  if (rows == 0) return absl::OkStatus();
  ZP_ASSIGN_OR_RETURN(float* const state, StateOf(context, operands_.state));
  ScratchPlan plan;
  const size_t x_at = plan.Add(rows * units()), aux_at = plan.Add(aux_.has_value() ? rows * units() : 0),
               next_at = plan.Add(batch * units());
  size_t products = std::max(input_->ScratchBytes(rows), recurrent_->ScratchBytes(batch));
  if (aux_.has_value()) products = std::max(products, aux_->ScratchBytes(rows));
  const size_t scratch_at = plan.AddBytes(products);
  auto* block = static_cast<char*>(context.scratch.Get(plan.bytes()));
  auto* x = reinterpret_cast<float*>(block + x_at);
  auto* next = reinterpret_cast<float*>(block + next_at);
  const auto floats = [&](int operand) { return OptionalFloats(context, static_cast<size_t>(operand)); };
  input_->Run(floats(operands_.input), rows, floats(operands_.bias), x, block + scratch_at);
  if (aux_.has_value()) {
    auto* aux = reinterpret_cast<float*>(block + aux_at);
    aux_->Run(floats(operands_.aux_input), rows, nullptr, aux, block + scratch_at);
    for (int64_t i = 0; i < rows * units(); ++i) x[i] += aux[i];
  }
  for (int64_t i = 0; i < task.sequence.time; ++i) {
    const int64_t step = task.sequence.step(i, task.backwards);
    recurrent_->Run(state, batch, nullptr, next, block + scratch_at);
    for (int64_t b = 0; b < batch; ++b) {
      const float* row = x + task.sequence.row(step, b) * units();
      for (int64_t u = 0; u < units(); ++u) next[b * units() + u] += row[u];
    }
    ApplyInPlace(task.activation, next, batch * units());
    std::copy_n(next, batch * units(), state);
    for (int64_t b = 0; b < batch; ++b) {
      std::copy_n(next + b * units(), units(), task.out + task.sequence.row(step, b) * task.out_stride);
    }
  }
  return absl::OkStatus();
}

absl::Status InferRnn(InferContext& context, int rank) {
  ZP_RETURN_IF_ERROR(CheckArity(context, kRnnOperands, kRnnOperands));
  ZP_ASSIGN_OR_RETURN(const int64_t batch, BatchOf(context, 0, rank, context.attrs().Bool(kTimeMajor)));
  ZP_ASSIGN_OR_RETURN(const int64_t units, CheckRnn(context, RnnOperands::OneDirection(), batch));
  context.set_output(0, context.input_type(0), LikeRows(context.input_shape(0), units));
  return absl::OkStatus();
}

namespace {

absl::StatusOr<std::shared_ptr<const void>> Prepare(const PrepareContext& context) {
  return std::shared_ptr<const PackedRnn>(PackedRnn::Pack(context.inputs, RnnOperands::OneDirection(), context.attrs));
}

absl::Status Eval(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloatsOrHybrid(context));
  std::unique_ptr<PackedRnn> now;
  const auto* packed = PreparedOrNow(
      context, now, [&] { return PackedRnn::Pack(context.inputs, RnnOperands::OneDirection(), context.attrs); });
  if (packed == nullptr) return absl::InvalidArgumentError("the weights are no matrices of one type");
  PackedRnn::Task task;
  ZP_ASSIGN_OR_RETURN(task.activation, FusedFunction(context.attrs));
  task.sequence = SequenceOf(context.inputs[0], context.attrs.Bool(kTimeMajor));
  task.out = context.outputs[0].As<float>();
  task.out_stride = packed->units();
  return packed->Run(context, task);
}

QuantSpec Quantization() {
  QuantSpec spec;
  spec.inputs = {OperandSpec::Activation(), OperandSpec::Weight(-1), OperandSpec::Weight(-1), OperandSpec::Other(),
                 OperandSpec::Other()};
  spec.outputs = {OperandSpec::Activation()};
  spec.dynamic_range = {{1, -1, /*hybrid=*/true}, {2, -1, /*hybrid=*/true}};
  spec.dynamic_range_all_or_none = true;
  spec.dynamic_range_attrs = {{kAsymmetricInputs, true}};
  return spec;
}

}  // namespace

int RnnVersion(const VersionContext& context) {
  const bool hybrid = context.input_type(0) == ElementType::kFloat32 && context.input_type(1) == ElementType::kInt8;
  if (!hybrid) return 1;
  return context.attrs().Bool(kAsymmetricInputs) ? 3 : 2;
}

OpDef RnnRecord(absl::string_view name, int32_t code) {
  OpDef def;
  def.name = name;
  def.code = code;
  def.inputs = {kRnnOperands, kRnnOperands};
  def.prepare = def.prepare_hybrid = Prepare;
  def.eval_float = def.eval_hybrid = Eval;
  def.quant = Quantization();
  def.version = RnnVersion;
  def.runtime.int8 = def.runtime.int16 = kNever;
  def.runtime.gap = kNoIntegerRnn;
  return def;
}

}  // namespace zeropoint::ops
