// The LSTM with all its options, as LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM and each direction of
// BIDIRECTIONAL_SEQUENCE_LSTM compute it.
//
// For each gate: sum = W x + A aux + R h + peephole * cell; then layer normalization, where there is one; then bias.
// i, f, o = logistic(sum), c = activation(sum); cell = f * cell + i * c; h = projection(o * activation(cell)).
// Coupled gates (CIFG): no input gate, i = 1 - f.
#ifndef ZEROPOINT_OPS_LSTM_CELL_H_
#define ZEROPOINT_OPS_LSTM_CELL_H_

#include <memory>
#include <optional>
#include <vector>

#include "ops/activation.h"
#include "ops/recurrent.h"

namespace zeropoint::ops {

inline constexpr int kMinLstmOperands = 20;  // without layer normalization
inline constexpr int kMaxLstmOperands = 24;
enum LstmGate { kInput, kForget, kCell, kOutput };  // in this order everywhere
inline constexpr int kGates = 4;

// Where a node has its operands. Those of the four gates follow each other; peepholes are of input, forget and output.
struct LstmOperands {
  int input;
  int input_weights, recurrent_weights, peepholes, biases;
  int projection, projection_bias;
  int output_state, cell_state;
  int norms = -1;  // coefficients of layer normalization; -1: the op has none
  int aux_input = -1, aux_weights = -1;

  static constexpr LstmOperands OneDirection() { return {0, 1, 5, 9, 12, 16, 17, 18, 19, 20}; }
  static constexpr LstmOperands Forward() { return {0, 1, 5, 9, 12, 16, 17, 35, 36, -1, 39, 40}; }
  static constexpr LstmOperands Backward() { return {0, 18, 22, 26, 29, 33, 34, 37, 38, -1, 39, 44}; }
};

// The operand with the gate's peepholes; -1 for the cell gate, which has none.
constexpr int PeepholeOf(const LstmOperands& operands, int gate) {
  if (gate == kCell) return -1;
  return operands.peepholes + (gate == kOutput ? 2 : gate);
}

struct LstmSettings {
  std::optional<kernels::Unary> activation;
  float cell_clip = 0, projection_clip = 0;  // 0: none
  bool diagonal = false;                     // recurrent weights are vectors: the diagonals of matrices

  static absl::StatusOr<LstmSettings> Of(const ir::Attributes& attrs);
};

// Checks all operands against each other. Returns the number of elements of an output row.
absl::StatusOr<int64_t> CheckLstm(const InferContext& context, const LstmOperands& operands, int64_t batch,
                                  bool diagonal);

// Weights as the kernel multiplies with them.
class PackedLstm {
 public:
  // Null when some are not known yet.
  static std::unique_ptr<PackedLstm> Pack(absl::Span<const TensorView> inputs, const LstmOperands& operands,
                                          const ir::Attributes& attrs);

  struct Task {
    LstmSettings settings;
    Sequence sequence;
    bool backwards = false;
    float* out;  // row r of the result starts at out + r * out_stride
    int64_t out_stride;
  };
  absl::Status Run(const EvalContext& context, const Task& task) const;
  int64_t outputs() const { return outputs_; }

 private:
  class Step;
  LstmOperands operands_;
  int64_t cells_ = 0, outputs_ = 0;
  bool coupled_ = false;  // CIFG
  std::optional<GateProduct> input_, aux_, recurrent_, projection_;
};

// Packs what `prepare` could not: weights that are not constant. kInvalidArgument when that is impossible.
absl::StatusOr<const PackedLstm*> PackedOrNow(const EvalContext& context, const PackedLstm* prepared,
                                              const LstmOperands& operands, std::unique_ptr<PackedLstm>& now);

// --- the record's parts that LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM share

absl::StatusOr<std::shared_ptr<const void>> PrepareLstm(const PrepareContext& context);
absl::Status EvalLstm(const EvalContext& context);
QuantSpec LstmQuantization();
// Why LiteRT's integer kernel cannot run the node; empty when it can.
absl::string_view LstmIntegerGap(const ir::Graph& graph, const ir::Node& node);
inline constexpr absl::string_view kLstmGap = "LiteRT's integer kernel takes int8 activations only";

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_LSTM_CELL_H_
