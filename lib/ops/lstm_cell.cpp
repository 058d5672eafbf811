#include "ops/lstm_cell.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ops/weights.h"
#include "schema/schema_generated.h"

namespace zeropoint::ops {
namespace {

// Added to the variance: LiteRT's layer normalization of rows that are all equal.
constexpr float kNormEpsilon = 1e-8f;
constexpr char kDiagonal[] = "diagonal_recurrent_tensors";

// Zero mean and unit variance.
void Normalize(float* row, int64_t n) {
  const auto count = static_cast<float>(n);
  float sum = 0.0f, squares = 0.0f;
  for (int64_t i = 0; i < n; ++i) sum += row[i];
  const float mean = sum / count;
  for (int64_t i = 0; i < n; ++i) squares += (row[i] - mean) * (row[i] - mean);
  const float inverse = 1.0f / std::sqrt(squares / count + kNormEpsilon);
  for (int64_t i = 0; i < n; ++i) row[i] = (row[i] - mean) * inverse;
}

void ClipInPlace(float limit, float* x, int64_t n) {
  if (limit <= 0.0f) return;
  for (int64_t i = 0; i < n; ++i) x[i] = std::clamp(x[i], -limit, limit);
}

}  // namespace

absl::StatusOr<LstmSettings> LstmSettings::Of(const ir::Attributes& attrs) {
  LstmSettings settings;
  ZP_ASSIGN_OR_RETURN(settings.activation, FusedFunction(attrs));
  settings.cell_clip = attrs.Float("cell_clip");
  settings.projection_clip = attrs.Float("proj_clip");
  settings.diagonal = attrs.Bool(kDiagonal);
  return settings;
}

// --- shapes -------------------------------------------------------------------------------------------------------

namespace {

absl::Status CheckPresence(const InferContext& context, const LstmOperands& operands) {
  const bool coupled = !context.has_input(operands.input_weights);
  for (int gate = 0; gate < kGates; ++gate) {
    const bool wanted = gate != kInput || !coupled;
    const int needed[] = {operands.input_weights + gate, operands.recurrent_weights + gate, operands.biases + gate};
    for (int operand : needed) {
      if (wanted && !context.has_input(operand)) {
        return absl::InvalidArgumentError(absl::StrCat("operand ", operand, " is required but absent"));
      }
    }
  }
  for (int operand : {operands.input, operands.output_state, operands.cell_state}) {
    if (!context.has_input(operand)) {
      return absl::InvalidArgumentError(absl::StrCat("operand ", operand, " is required but absent"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> CheckLstm(const InferContext& context, const LstmOperands& operands, int64_t batch,
                                  bool diagonal) {
  ZP_RETURN_IF_ERROR(CheckPresence(context, operands));
  const ir::Shape& input = context.input_shape(operands.input);
  const int64_t depth = input.ranked() ? input[input.rank() - 1] : ir::kDynamic;
  const int64_t cells = DimOrDynamic(context, operands.input_weights + kOutput, 0);
  const int64_t outputs = DimOrDynamic(context, operands.recurrent_weights + kOutput, diagonal ? 0 : 1);
  if (depth == 0 || cells == 0 || outputs == 0) return absl::InvalidArgumentError("the weights have no elements");
  const bool has_aux = operands.aux_weights >= 0 && context.has_input(operands.aux_weights + kOutput);
  const ir::Shape& aux = has_aux ? context.input_shape(operands.aux_input) : input;
  const int64_t aux_depth = aux.ranked() ? aux[aux.rank() - 1] : ir::kDynamic;
  for (int gate = 0; gate < kGates; ++gate) {
    ZP_RETURN_IF_ERROR(CheckShape(context, operands.input_weights + gate, {cells, depth}));
    if (diagonal) {
      ZP_RETURN_IF_ERROR(CheckShape(context, operands.recurrent_weights + gate, {outputs}));
    } else {
      ZP_RETURN_IF_ERROR(CheckShape(context, operands.recurrent_weights + gate, {cells, outputs}));
    }
    ZP_RETURN_IF_ERROR(CheckShape(context, operands.biases + gate, {cells}));
    if (gate != kCell) ZP_RETURN_IF_ERROR(CheckShape(context, PeepholeOf(operands, gate), {cells}));
    if (operands.norms >= 0) ZP_RETURN_IF_ERROR(CheckShape(context, operands.norms + gate, {cells}));
    if (has_aux) ZP_RETURN_IF_ERROR(CheckShape(context, operands.aux_weights + gate, {cells, aux_depth}));
  }
  ZP_RETURN_IF_ERROR(CheckShape(context, operands.projection, {outputs, cells}));
  ZP_RETURN_IF_ERROR(CheckShape(context, operands.projection_bias, {outputs}));
  if ((diagonal || !context.has_input(operands.projection)) && !Compatible(cells, outputs)) {
    return absl::InvalidArgumentError(
        absl::StrCat("without a projection there are as many outputs as cells, not ", outputs, " and ", cells));
  }
  ZP_RETURN_IF_ERROR(CheckShape(context, operands.output_state, {batch, outputs}));
  ZP_RETURN_IF_ERROR(CheckShape(context, operands.cell_state, {batch, cells}));
  return outputs;
}

// --- execution ----------------------------------------------------------------------------------------------------

std::unique_ptr<PackedLstm> PackedLstm::Pack(absl::Span<const TensorView> inputs, const LstmOperands& operands,
                                             const ir::Attributes& attrs) {
  const bool diagonal = attrs.Bool(kDiagonal), asymmetric = attrs.Bool(kAsymmetricInputs);
  const auto of_gates = [&](int first) {
    std::vector<TensorView> parts;
    for (int gate = 0; gate < kGates; ++gate) parts.push_back(OperandOrNone(inputs, first < 0 ? -1 : first + gate));
    return parts;
  };
  // An operand with dimensions but no contents is one that is computed.
  const auto is_computed = [](const std::vector<TensorView>& parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [](const TensorView& part) { return part.data == nullptr && part.rank() > 0; });
  };
  const std::vector<TensorView> input = of_gates(operands.input_weights),
                                recurrent = of_gates(operands.recurrent_weights), aux = of_gates(operands.aux_weights),
                                projection = {OperandOrNone(inputs, operands.projection)};
  if (is_computed(input) || is_computed(recurrent) || is_computed(aux) || is_computed(projection)) return nullptr;
  // What does not fit is infer's to tell; here it only must not be read.
  if (input[kOutput].rank() != 2 || recurrent[kOutput].rank() != (diagonal ? 1 : 2)) return nullptr;
  auto packed = std::make_unique<PackedLstm>();
  packed->operands_ = operands;
  packed->coupled_ = input[kInput].data == nullptr;
  packed->input_ = GateProduct::Pack(input, asymmetric);
  packed->aux_ = GateProduct::Pack(aux, asymmetric);
  packed->projection_ = GateProduct::Pack(projection, asymmetric);
  if (!packed->input_.has_value()) return nullptr;
  packed->cells_ = input[kOutput].dim(0);
  packed->outputs_ = recurrent[kOutput].dim(diagonal ? 0 : 1);
  if (diagonal) return packed;
  packed->recurrent_ = GateProduct::Pack(recurrent, asymmetric);
  return packed->recurrent_.has_value() ? std::move(packed) : nullptr;
}

// One run over a sequence: its memory, and what happens in a step.
class PackedLstm::Step {
 public:
  Step(const PackedLstm& lstm, const EvalContext& context, const Task& task)
      : lstm_(lstm), context_(context), task_(task), batch_(task.sequence.batch) {}

  absl::Status Prepare() {
    ZP_ASSIGN_OR_RETURN(output_state_, StateOf(context_, lstm_.operands_.output_state));
    ZP_ASSIGN_OR_RETURN(cell_state_, StateOf(context_, lstm_.operands_.cell_state));
    for (int gate = 0; gate < kGates; ++gate) {
      const auto i = static_cast<size_t>(gate);
      const TensorView peephole = OperandOrNone(context_.inputs, PeepholeOf(lstm_.operands_, gate));
      ZP_ASSIGN_OR_RETURN(peepholes_[i], RealVector(peephole, real_peepholes_[i]));
    }
    const int64_t rows = task_.sequence.rows(), width = Width();
    ScratchPlan plan;
    const size_t x = plan.Add(rows * width), aux = plan.Add(lstm_.aux_.has_value() ? rows * width : 0),
                 recurrent = plan.Add(batch_ * width), gates = plan.Add(kGates * batch_ * lstm_.cells_),
                 hidden = plan.Add(batch_ * lstm_.cells_), biases = plan.Add(width);
    size_t products = lstm_.input_->ScratchBytes(rows);
    if (lstm_.aux_.has_value()) products = std::max(products, lstm_.aux_->ScratchBytes(rows));
    if (lstm_.recurrent_.has_value()) products = std::max(products, lstm_.recurrent_->ScratchBytes(batch_));
    if (lstm_.projection_.has_value()) products = std::max(products, lstm_.projection_->ScratchBytes(batch_));
    const size_t scratch = plan.AddBytes(products);
    auto* block = static_cast<char*>(context_.scratch.Get(plan.bytes()));
    const auto floats = [&](size_t at) { return reinterpret_cast<float*>(block + at); };
    x_ = floats(x);
    recurrent_ = floats(recurrent);
    gates_ = floats(gates);
    hidden_ = floats(hidden);
    scratch_ = block + scratch;
    MultiplyInputs(floats(biases), floats(aux));
    return absl::OkStatus();
  }

  absl::Status Run(int64_t step) {
    if (lstm_.recurrent_.has_value()) lstm_.recurrent_->Run(output_state_, batch_, nullptr, recurrent_, scratch_);
    for (int gate : {kInput, kForget, kCell}) ZP_RETURN_IF_ERROR(ComputeGate(gate, step));
    UpdateCell();
    ZP_RETURN_IF_ERROR(ComputeGate(kOutput, step));
    const int64_t n = batch_ * lstm_.cells_;
    std::copy(cell_state_, cell_state_ + n, hidden_);
    ApplyInPlace(task_.settings.activation, hidden_, n);
    const float* out = Gate(kOutput);
    for (int64_t i = 0; i < n; ++i) hidden_[i] *= out[i];
    ZP_RETURN_IF_ERROR(Show(kGates, hidden_));
    Project();
    for (int64_t b = 0; b < batch_; ++b) {
      std::copy_n(output_state_ + b * lstm_.outputs_, lstm_.outputs_,
                  task_.out + task_.sequence.row(step, b) * task_.out_stride);
    }
    return absl::OkStatus();
  }

 private:
  int64_t Width() const { return lstm_.input_->units(); }
  float* Gate(int gate) { return gates_ + gate * batch_ * lstm_.cells_; }
  // Where the gate's units stand among those of a product.
  int64_t Column(int gate) const { return (lstm_.coupled_ ? gate - 1 : gate) * lstm_.cells_; }
  const float* Operand(int i) const { return i < 0 ? nullptr : OptionalFloats(context_, static_cast<size_t>(i)); }
  const float* Norm(int gate) const {
    return lstm_.operands_.norms < 0 ? nullptr : Operand(lstm_.operands_.norms + gate);
  }

  // The inputs of all steps at once. With normalization, biases come after it.
  void MultiplyInputs(float* biases, float* aux) {
    const LstmOperands& operands = lstm_.operands_;
    const bool normalized = Norm(kOutput) != nullptr;
    for (int gate = lstm_.coupled_ ? kForget : kInput; gate < kGates; ++gate) {
      std::copy_n(Operand(operands.biases + gate), lstm_.cells_, biases + Column(gate));
    }
    const int64_t rows = task_.sequence.rows();
    lstm_.input_->Run(Operand(operands.input), rows, normalized ? nullptr : biases, x_, scratch_);
    if (!lstm_.aux_.has_value()) return;
    lstm_.aux_->Run(Operand(operands.aux_input), rows, nullptr, aux, scratch_);
    for (int64_t i = 0; i < rows * Width(); ++i) x_[i] += aux[i];
  }

  absl::Status ComputeGate(int gate, int64_t step) {
    if (gate == kInput && lstm_.coupled_) return absl::OkStatus();
    const int64_t cells = lstm_.cells_;
    const float* peephole = peepholes_[static_cast<size_t>(gate)];
    const float* diagonal = lstm_.recurrent_.has_value() ? nullptr : Operand(lstm_.operands_.recurrent_weights + gate);
    float* sums = Gate(gate);
    for (int64_t b = 0; b < batch_; ++b) {
      const float* x = x_ + task_.sequence.row(step, b) * Width() + Column(gate);
      const float* recurrent = recurrent_ + b * Width() + Column(gate);
      const float* cell = cell_state_ + b * cells;
      const float* output = output_state_ + b * lstm_.outputs_;
      float* sum = sums + b * cells;
      for (int64_t c = 0; c < cells; ++c) {
        sum[c] = x[c] + (diagonal == nullptr ? recurrent[c] : diagonal[c] * output[c]);
        if (peephole != nullptr) sum[c] += peephole[c] * cell[c];
      }
    }
    if (const float* norm = Norm(gate)) {
      ZP_RETURN_IF_ERROR(Show(gate, sums));
      NormalizeGate(norm, Operand(lstm_.operands_.biases + gate), sums);
    }
    ApplyInPlace(gate == kCell ? task_.settings.activation : kernels::Unary::kLogistic, sums, batch_ * cells);
    return absl::OkStatus();
  }

  void NormalizeGate(const float* norm, const float* bias, float* sums) const {
    for (int64_t b = 0; b < batch_; ++b) {
      float* sum = sums + b * lstm_.cells_;
      Normalize(sum, lstm_.cells_);
      for (int64_t c = 0; c < lstm_.cells_; ++c) sum[c] = sum[c] * norm[c] + bias[c];
    }
  }

  void UpdateCell() {
    const int64_t n = batch_ * lstm_.cells_;
    const float *in = Gate(kInput), *forget = Gate(kForget), *cell = Gate(kCell);
    for (int64_t i = 0; i < n; ++i) {
      const float admitted = lstm_.coupled_ ? 1.0f - forget[i] : in[i];
      cell_state_[i] = forget[i] * cell_state_[i] + admitted * cell[i];
    }
    ClipInPlace(task_.settings.cell_clip, cell_state_, n);
  }

  void Project() {
    if (!lstm_.projection_.has_value()) {
      std::copy_n(hidden_, batch_ * lstm_.cells_, output_state_);
      return;
    }
    lstm_.projection_->Run(hidden_, batch_, Operand(lstm_.operands_.projection_bias), output_state_, scratch_);
    ClipInPlace(task_.settings.projection_clip, output_state_, batch_ * lstm_.outputs_);
  }

  // To calibration: intermediates are the gates' sums before normalization and the output before projection.
  absl::Status Show(int intermediate, const float* values) const {
    if (context_.intermediate == nullptr) return absl::OkStatus();
    const int64_t dims[] = {batch_, lstm_.cells_};
    TensorView view;
    view.dims = dims;
    view.data = values;
    return (*context_.intermediate)(intermediate, view);
  }

  const PackedLstm& lstm_;
  const EvalContext& context_;
  const Task& task_;
  const int64_t batch_;
  float *output_state_ = nullptr, *cell_state_ = nullptr;
  float *x_ = nullptr, *recurrent_ = nullptr, *gates_ = nullptr, *hidden_ = nullptr;
  void* scratch_ = nullptr;
  std::array<const float*, kGates> peepholes_{};
  std::array<std::vector<float>, kGates> real_peepholes_;  // of those that are int8
};

absl::Status PackedLstm::Run(const EvalContext& context, const Task& task) const {
  if (task.sequence.rows() == 0) return absl::OkStatus();
  Step step(*this, context, task);
  ZP_RETURN_IF_ERROR(step.Prepare());
  for (int64_t i = 0; i < task.sequence.time; ++i) {
    ZP_RETURN_IF_ERROR(step.Run(task.sequence.step(i, task.backwards)));
  }
  return absl::OkStatus();
}

absl::StatusOr<const PackedLstm*> PackedOrNow(const EvalContext& context, const PackedLstm* prepared,
                                              const LstmOperands& operands, std::unique_ptr<PackedLstm>& now) {
  if (prepared != nullptr) return prepared;
  now = PackedLstm::Pack(context.inputs, operands, context.attrs);
  if (now == nullptr) return absl::InvalidArgumentError("the weights are no matrices of one type");
  return now.get();
}

// --- one direction ------------------------------------------------------------------------------------------------

absl::StatusOr<std::shared_ptr<const void>> PrepareLstm(const PrepareContext& context) {
  return std::shared_ptr<const PackedLstm>(
      PackedLstm::Pack(context.inputs, LstmOperands::OneDirection(), context.attrs));
}

absl::Status EvalLstm(const EvalContext& context) {
  ZP_RETURN_IF_ERROR(CheckFloatsOrHybrid(context));
  PackedLstm::Task task;
  ZP_ASSIGN_OR_RETURN(task.settings, LstmSettings::Of(context.attrs));
  std::unique_ptr<PackedLstm> now;
  ZP_ASSIGN_OR_RETURN(const PackedLstm* packed, PackedOrNow(context, static_cast<const PackedLstm*>(context.prepared),
                                                            LstmOperands::OneDirection(), now));
  task.sequence = SequenceOf(context.inputs[0], context.attrs.Bool(kTimeMajor));
  task.out = context.outputs[0].As<float>();
  task.out_stride = packed->outputs();
  return packed->Run(context, task);
}

// Measured with LiteRT 2.3: the first is computed with TANH without a word, the second crashes or computes nonsense.
absl::string_view LstmIntegerGap(const ir::Graph&, const ir::Node& node) {
  constexpr LstmOperands kAt = LstmOperands::OneDirection();
  if (node.attrs().Int(kFusedActivation) != schema::ActivationFunctionType_TANH) {
    return "LiteRT's integer kernel applies no other activation than TANH";
  }
  if (node.attrs().Bool(kDiagonal)) {
    return "LiteRT's integer kernel takes no diagonal recurrent weights";
  }
  const bool coupled = node.input(kAt.input_weights) == ir::kNoValue;
  if (coupled && node.input(kAt.norms + kForget) != ir::kNoValue) {
    return "LiteRT's integer kernel cannot couple gates that are normalized";
  }
  return "";
}

// The int8 recipe: weights int8 per tensor, peepholes and coefficients of normalization int16, biases int32, the output
// state in the form of the result, the cell state int16.
QuantSpec LstmQuantization() {
  constexpr LstmOperands kAt = LstmOperands::OneDirection();
  constexpr int kHidden = 4;  // the intermediate that is projected
  QuantSpec spec;
  spec.inputs.assign(kMaxLstmOperands, OperandSpec::Weight(-1));
  spec.inputs[kAt.input] = OperandSpec::Activation();
  for (int i = 0; i < 3; ++i) spec.inputs[static_cast<size_t>(kAt.peepholes + i)] = OperandSpec::Weight16(kInt16Steps);
  for (int gate = 0; gate < kGates; ++gate) {
    spec.inputs[static_cast<size_t>(kAt.biases + gate)] =
        OperandSpec::NormBias(kAt.input, kAt.input_weights + gate, kAt.norms + gate);
    spec.inputs[static_cast<size_t>(kAt.norms + gate)] = OperandSpec::Weight16(kInt16Steps);
    spec.dynamic_range.push_back({kAt.input_weights + gate, -1, /*hybrid=*/true});
  }
  spec.inputs[kAt.projection_bias] = OperandSpec::IntermediateBias(kHidden, kAt.projection);
  spec.inputs[kAt.output_state] = OperandSpec::StateLike(0);
  spec.inputs[kAt.cell_state] = OperandSpec::State16(/*power_of_two=*/true);
  spec.outputs = {OperandSpec::Activation()};
  for (int operand = kAt.recurrent_weights; operand < kAt.biases; ++operand) {
    spec.dynamic_range.push_back({operand, -1, /*hybrid=*/true});
  }
  spec.dynamic_range.push_back({kAt.projection, -1, /*hybrid=*/true});
  spec.dynamic_range_all_or_none = true;
  spec.dynamic_range_attrs = {{kAsymmetricInputs, true}};
  spec.int8 = true;
  spec.integer_gap = LstmIntegerGap;
  spec.intermediates = {{"input_to_input_intermediate", true, kAt.norms + kInput},
                        {"input_to_forget_intermediate", true, kAt.norms + kForget},
                        {"input_to_cell_intermediate", true, kAt.norms + kCell},
                        {"input_to_output_intermediate", true, kAt.norms + kOutput},
                        {"effective_hidden_scale_intermediate"}};
  return spec;
}

}  // namespace zeropoint::ops
