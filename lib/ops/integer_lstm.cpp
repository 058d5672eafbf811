#include "ops/integer_lstm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kernels/integer.h"
#include "numeric/fixed_point.h"
#include "numeric/fixed_point_16.h"
#include "ops/lstm_cell.h"
#include "ops/quantized.h"
#include "ops/quantized_conv.h"

namespace zeropoint::ops {
namespace {

using numeric::Multiplier;

constexpr LstmOperands kAt = LstmOperands::OneDirection();
constexpr int kHidden = 4;         // the intermediate that is projected
constexpr int kFractionBits = 15;  // of gates, and of an int16 in all
constexpr int kSumBits = 12;       // fractional bits of a gate's sum that is not normalized

int16_t Saturate(int32_t x) { return static_cast<int16_t>(LimitsOf<int16_t>().Clamp(x)); }

Multiplier FactorOf(float factor) { return numeric::ToMultiplier(static_cast<double>(factor)); }

struct IntegerGate {
  std::shared_ptr<const WideWeights> input, recurrent;  // null: no such gate (CIFG)
  Multiplier input_factor, recurrent_factor, peephole_factor, norm_factor;
  int32_t variance_guard = 1;
};

struct IntegerLstm {
  std::array<IntegerGate, kGates> gates;
  int64_t depth = 0, cells = 0, outputs = 0;
  int32_t input_zero = 0, output_zero = 0, hidden_zero = 0;
  int cell_power = 0;  // the cell state counts in 2^cell_power
  Multiplier hidden_factor, projection_factor;
  std::shared_ptr<const WideWeights> projection;  // null: none
  int32_t cell_clip = 0, projection_clip = 0;     // in the integers; 0: none

  bool coupled() const { return gates[kInput].input == nullptr; }
};

// --- preparation --------------------------------------------------------------------------------------------------

class Preparation {
 public:
  explicit Preparation(const PrepareContext& context) : context_(context) {}

  absl::StatusOr<std::shared_ptr<const void>> Run() {
    auto lstm = std::make_shared<IntegerLstm>();
    for (int operand :
         {kAt.input, kAt.input_weights + kOutput, kAt.recurrent_weights + kOutput, kAt.output_state, kAt.cell_state}) {
      if (!Has(operand))
        return absl::InvalidArgumentError(absl::StrCat("operand ", operand, " is required but absent"));
    }
    if (!Has(kAt.input_weights) && Has(kAt.norms + kForget)) {
      return absl::UnimplementedError("LiteRT's integer kernel cannot couple gates that are normalized");
    }
    if (At(kAt.input).type != ElementType::kInt8) return NoIntegerKernelFor(At(kAt.input).type);
    ZP_ASSIGN_OR_RETURN(input_, ParamsOf(At(kAt.input).quant));
    ZP_ASSIGN_OR_RETURN(output_, ParamsOf(At(kAt.output_state).quant));
    ZP_RETURN_IF_ERROR(ReadCellState(*lstm));
    ZP_RETURN_IF_ERROR(ReadHidden(*lstm));
    lstm->input_zero = input_.zero_point;
    lstm->output_zero = output_.zero_point;
    lstm->cells = At(kAt.input_weights + kOutput).dim(0);
    lstm->depth = At(kAt.input_weights + kOutput).dim(1);
    lstm->outputs = At(kAt.recurrent_weights + kOutput).dim(1);
    for (int gate = 0; gate < kGates; ++gate)
      ZP_RETURN_IF_ERROR(PrepareGate(gate, lstm->gates[static_cast<size_t>(gate)]));
    ZP_RETURN_IF_ERROR(ReadClips(*lstm));
    return std::shared_ptr<const void>(std::move(lstm));
  }

 private:
  bool Has(int operand) const {
    const TensorView view = OperandOrNone(context_.inputs, operand);
    return view.data != nullptr || view.rank() > 0;
  }
  const TensorView& At(int operand) const { return context_.inputs[static_cast<size_t>(operand)]; }

  absl::StatusOr<float> ScaleOf(int operand) const {
    ZP_ASSIGN_OR_RETURN(const Params params, ParamsOf(At(operand).quant));
    return params.scale;
  }
  absl::StatusOr<Params> Intermediate(int i) const {
    const bool has = static_cast<size_t>(i) < context_.intermediates.size() &&
                     context_.intermediates[static_cast<size_t>(i)] != nullptr;
    if (!has) return absl::InvalidArgumentError(absl::StrCat("intermediate ", i, " is required but absent"));
    return ParamsOf(context_.intermediates[static_cast<size_t>(i)]);
  }
  absl::StatusOr<std::shared_ptr<const WideWeights>> Weights(int operand) const {
    std::shared_ptr<const WideWeights> weights = WidenWeights(At(operand));
    if (weights == nullptr) {
      return absl::UnimplementedError(
          absl::StrCat("the integer kernel takes constant int8 weights only, not operand ", operand));
    }
    return weights;
  }

  absl::Status ReadCellState(IntegerLstm& lstm) const {
    if (At(kAt.cell_state).type != ElementType::kInt16) return NoIntegerKernelFor(At(kAt.cell_state).type);
    ZP_ASSIGN_OR_RETURN(const float scale, ScaleOf(kAt.cell_state));
    const double power = std::log2(static_cast<double>(scale));
    lstm.cell_power = static_cast<int>(std::lround(power));
    const int integer_bits = kFractionBits + lstm.cell_power;
    if (std::abs(power - lstm.cell_power) > 1e-6 || integer_bits < 0 || integer_bits > numeric::kMaxTanhBits) {
      return absl::UnimplementedError(
          absl::StrCat("the integer kernel takes cell states in a power of two from 2^-15 to 2^-9, not in ", scale));
    }
    return absl::OkStatus();
  }

  absl::Status ReadHidden(IntegerLstm& lstm) const {
    constexpr double kUnit = 1.0 / (1 << kFractionBits);
    ZP_ASSIGN_OR_RETURN(const Params hidden, Intermediate(kHidden));
    lstm.hidden_zero = hidden.zero_point;
    lstm.hidden_factor = FactorOf(static_cast<float>(kUnit / static_cast<double>(hidden.scale) * kUnit));
    if (!Has(kAt.projection)) return absl::OkStatus();
    ZP_ASSIGN_OR_RETURN(const float scale, ScaleOf(kAt.projection));
    lstm.projection_factor = FactorOf(scale * hidden.scale / output_.scale);
    ZP_ASSIGN_OR_RETURN(lstm.projection, Weights(kAt.projection));
    return absl::OkStatus();
  }

  absl::Status PrepareGate(int index, IntegerGate& gate) const {
    if (!Has(kAt.input_weights + index)) return absl::OkStatus();
    const bool normalized = Has(kAt.norms + kForget);
    float unit = 1.0f / (1 << kSumBits);
    if (normalized) {
      ZP_ASSIGN_OR_RETURN(const Params sum, Intermediate(index));
      unit = sum.scale;
    }
    ZP_ASSIGN_OR_RETURN(gate.input, Weights(kAt.input_weights + index));
    ZP_ASSIGN_OR_RETURN(gate.recurrent, Weights(kAt.recurrent_weights + index));
    ZP_ASSIGN_OR_RETURN(const float weights, ScaleOf(kAt.input_weights + index));
    ZP_ASSIGN_OR_RETURN(const float recurrent, ScaleOf(kAt.recurrent_weights + index));
    gate.input_factor = FactorOf(weights * input_.scale / unit);
    gate.recurrent_factor = FactorOf(recurrent * output_.scale / unit);
    const int peephole = PeepholeOf(kAt, index);
    if (peephole >= 0 && Has(peephole)) {
      ZP_ASSIGN_OR_RETURN(const float cell, ScaleOf(kAt.cell_state));
      ZP_ASSIGN_OR_RETURN(const float scale, ScaleOf(peephole));
      gate.peephole_factor = FactorOf(
          static_cast<float>(static_cast<double>(cell) * static_cast<double>(scale) / static_cast<double>(unit)));
    }
    if (!normalized) return absl::OkStatus();
    constexpr float kGuards = 10000.0f;
    ZP_ASSIGN_OR_RETURN(const float norm, ScaleOf(kAt.norms + index));
    gate.norm_factor = FactorOf(norm);
    gate.norm_factor.shift += kSumBits;
    gate.variance_guard = std::max(1, static_cast<int32_t>(kGuards * norm));
    return absl::OkStatus();
  }

  absl::Status ReadClips(IntegerLstm& lstm) const {
    const float cell = context_.attrs.Float("cell_clip"), projection = context_.attrs.Float("proj_clip");
    ZP_ASSIGN_OR_RETURN(const float cell_scale, ScaleOf(kAt.cell_state));
    ZP_ASSIGN_OR_RETURN(const Params result, ParamsOf(context_.outputs[0].quant));
    if (cell > 0.0f) lstm.cell_clip = static_cast<int32_t>(std::min(cell / cell_scale, 32767.0f));
    if (projection > 0.0f) lstm.projection_clip = static_cast<int32_t>(std::min(projection / result.scale, 127.0f));
    return absl::OkStatus();
  }

  const PrepareContext& context_;
  Params input_, output_;
};

// --- execution ----------------------------------------------------------------------------------------------------

// to[i] += sum rescaled, saturating: rows [batch][depth] of int8 without their zero point, times weights, plus bias.
template <typename T>
void AddProducts(const int8_t* rows, int64_t batch, int64_t depth, int32_t zero, const WideWeights& weights,
                 int64_t units, const int32_t* bias, const Multiplier& factor, int32_t result_zero, T* to) {
  std::vector<int16_t> row(static_cast<size_t>(depth));
  std::vector<int64_t> sums(static_cast<size_t>(units));
  for (int64_t b = 0; b < batch; ++b, rows += depth) {
    kernels::Widen(rows, depth, zero, row.data());
    kernels::Products(row.data(), 1, weights.data(), units, depth, sums.data());
    for (int64_t u = 0; u < units; ++u, ++to) {
      int32_t sum = static_cast<int32_t>(sums[static_cast<size_t>(u)]);
      if (bias != nullptr) sum = WrapAdd(sum, bias[u]);
      const int32_t scaled = WrapAdd(numeric::Rescale(sum, factor), result_zero);
      *to = static_cast<T>(LimitsOf<T>().Clamp(WrapAdd<int32_t>(scaled, *to)));
    }
  }
}

// A row with mean 0 and variance 1 times the weights, plus bias; results count in 2^-12.
void NormalizeRow(int16_t* row, int64_t n, const int16_t* weights, const int32_t* bias, const IntegerGate& gate) {
  // Means have 10 more bits, variances 20.
  constexpr int64_t kMeanUnit = 1 << 10, kVarianceUnit = 1 << 20;
  int64_t sum = 0, squares = 0;
  for (int64_t i = 0; i < n; ++i) {
    sum += row[i];
    squares += static_cast<int32_t>(row[i]) * row[i];
  }
  const int32_t mean = static_cast<int32_t>(sum * kMeanUnit / n);
  // As LiteRT has it, whose quotient is exact for powers of two only.
  const int64_t variance = squares * (kVarianceUnit / n) - static_cast<int64_t>(mean) * mean;
  int32_t deviation = static_cast<int32_t>(variance / kVarianceUnit);
  if (deviation < 1) deviation = gate.variance_guard;
  const Multiplier inverse = numeric::InverseSqrt(deviation);
  for (int64_t i = 0; i < n; ++i) {
    const int32_t normalized = numeric::Rescale(static_cast<int32_t>(kMeanUnit) * row[i] - mean, inverse);
    const int64_t scaled = WrapAdd<int32_t>(WrapMul<int32_t>(normalized, weights[i]), bias[i]);
    const int64_t rounded = (scaled > 0 ? scaled + kMeanUnit / 2 : scaled - kMeanUnit / 2) / kMeanUnit;
    row[i] = Saturate(numeric::Rescale(static_cast<int32_t>(rounded), gate.norm_factor));
  }
}

// A group of batch entries that go through the steps together.
class Step {
 public:
  Step(const IntegerLstm& lstm, const EvalContext& context, int64_t batch)
      : lstm_(lstm), context_(context), batch_(batch), size_(static_cast<size_t>(batch * lstm.cells)) {
    for (std::vector<int16_t>& gate : gates_) gate.resize(size_);
    hidden_.resize(size_);
  }

  void Run(const int8_t* input, int8_t* output_state, int16_t* cell_state) {
    for (int gate : {kInput, kForget, kCell}) ComputeGate(gate, input, output_state, cell_state);
    UpdateCell(cell_state);
    ComputeGate(kOutput, input, output_state, cell_state);
    ComputeOutput(cell_state, output_state);
  }

 private:
  template <typename T>
  const T* Optional(int operand) const {
    return OperandOrNone(context_.inputs, operand).As<T>();
  }

  void ComputeGate(int index, const int8_t* input, const int8_t* output_state, const int16_t* cell_state) {
    const IntegerGate& gate = lstm_.gates[static_cast<size_t>(index)];
    if (gate.input == nullptr) return;
    std::vector<int16_t>& sums = gates_[static_cast<size_t>(index)];
    const int32_t* bias = Optional<int32_t>(kAt.biases + index);
    const int16_t* norm = Optional<int16_t>(kAt.norms + index);
    std::fill(sums.begin(), sums.end(), int16_t{0});
    AddProducts(input, batch_, lstm_.depth, lstm_.input_zero, *gate.input, lstm_.cells,
                norm == nullptr ? bias : nullptr, gate.input_factor, 0, sums.data());
    AddProducts(output_state, batch_, lstm_.outputs, lstm_.output_zero, *gate.recurrent, lstm_.cells, nullptr,
                gate.recurrent_factor, 0, sums.data());
    AddPeephole(index, cell_state, sums.data());
    for (int64_t b = 0; norm != nullptr && b < batch_; ++b) {
      NormalizeRow(sums.data() + b * lstm_.cells, lstm_.cells, norm, bias, gate);
    }
    constexpr int kTanhBits = 3;
    for (int16_t& sum : sums) sum = index == kCell ? numeric::Tanh16(sum, kTanhBits) : numeric::Logistic16(sum);
  }

  // LiteRT takes the number of outputs for that of cells: with a projection, only that many are reached.
  void AddPeephole(int index, const int16_t* cell_state, int16_t* sums) const {
    const int operand = PeepholeOf(kAt, index);
    const int16_t* weights = operand < 0 ? nullptr : Optional<int16_t>(operand);
    if (weights == nullptr) return;
    const Multiplier& factor = lstm_.gates[static_cast<size_t>(index)].peephole_factor;
    for (int64_t i = 0; i < batch_ * lstm_.outputs; ++i) {
      const int32_t product = static_cast<int32_t>(weights[i % lstm_.outputs]) * cell_state[i];
      sums[i] = Saturate(WrapAdd<int32_t>(numeric::Rescale(product, factor), sums[i]));
    }
  }

  void UpdateCell(int16_t* cell_state) const {
    constexpr int32_t kOne = 32767;
    const auto product = [](int16_t a, int16_t b, int shift) {
      return static_cast<int16_t>(numeric::RoundingShiftRight(static_cast<int32_t>(a) * b, shift));
    };
    for (size_t i = 0; i < size_; ++i) {
      const int16_t forget = gates_[kForget][i];
      const int16_t admitted = lstm_.coupled() ? static_cast<int16_t>(kOne - forget) : gates_[kInput][i];
      const int32_t kept = product(forget, cell_state[i], kFractionBits);
      const int32_t added = product(admitted, gates_[kCell][i], 2 * kFractionBits + lstm_.cell_power);
      int32_t cell = Saturate(kept + added);
      if (lstm_.cell_clip > 0) cell = std::clamp(cell, -lstm_.cell_clip, lstm_.cell_clip);
      cell_state[i] = static_cast<int16_t>(cell);
    }
  }

  void ComputeOutput(const int16_t* cell_state, int8_t* output_state) {
    const bool projects = lstm_.projection != nullptr;
    // What is projected is stored without its zero point, as far as that fits.
    const int32_t zero = projects ? -lstm_.hidden_zero : lstm_.hidden_zero;
    int8_t* to = projects ? hidden_.data() : output_state;
    for (size_t i = 0; i < size_; ++i) {
      const int32_t active = numeric::Tanh16(cell_state[i], kFractionBits + lstm_.cell_power);
      const int32_t scaled = numeric::Rescale(gates_[kOutput][i] * active, lstm_.hidden_factor);
      to[i] = static_cast<int8_t>(LimitsOf<int8_t>().Clamp(WrapAdd(scaled, zero)));
    }
    if (!projects) return;
    const int64_t n = batch_ * lstm_.outputs;
    std::fill_n(output_state, n, int8_t{0});
    AddProducts(hidden_.data(), batch_, lstm_.cells, -lstm_.hidden_zero, *lstm_.projection, lstm_.outputs,
                Optional<int32_t>(kAt.projection_bias), lstm_.projection_factor, lstm_.output_zero, output_state);
    if (lstm_.projection_clip <= 0) return;
    for (int64_t i = 0; i < n; ++i) {
      output_state[i] =
          static_cast<int8_t>(std::clamp<int32_t>(output_state[i], -lstm_.projection_clip, lstm_.projection_clip));
    }
  }

  const IntegerLstm& lstm_;
  const EvalContext& context_;
  const int64_t batch_;
  const size_t size_;
  std::array<std::vector<int16_t>, kGates> gates_;
  std::vector<int8_t> hidden_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const void>> PrepareIntegerLstm(const PrepareContext& context) {
  return Preparation(context).Run();
}

absl::Status EvalIntegerLstm(const EvalContext& context) {
  if (context.prepared == nullptr) return absl::UnimplementedError("the integer kernel needs constant weights");
  const auto& lstm = *static_cast<const IntegerLstm*>(context.prepared);
  const TensorView& input = context.inputs[kAt.input];
  if (input.type != ElementType::kInt8) return NoIntegerKernelFor(input.type);
  ZP_ASSIGN_OR_RETURN(const MutableView outputs, StateOf(context, kAt.output_state, ElementType::kInt8));
  ZP_ASSIGN_OR_RETURN(const MutableView cells, StateOf(context, kAt.cell_state, ElementType::kInt16));
  const Sequence sequence = SequenceOf(input, context.attrs.Bool(kTimeMajor));
  if (sequence.rows() == 0) return absl::OkStatus();
  // Where batches come first, LiteRT runs each one through all steps.
  const int64_t group = sequence.time_major ? sequence.batch : 1;
  Step step(lstm, context, group);
  for (int64_t b = 0; b < sequence.batch; b += group) {
    int8_t* const state = outputs.As<int8_t>() + b * lstm.outputs;
    for (int64_t t = 0; t < sequence.time; ++t) {
      const int64_t row = sequence.row(t, b);
      step.Run(input.As<int8_t>() + row * lstm.depth, state, cells.As<int16_t>() + b * lstm.cells);
      std::copy_n(state, group * lstm.outputs, context.outputs[0].As<int8_t>() + row * lstm.outputs);
    }
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::ops
