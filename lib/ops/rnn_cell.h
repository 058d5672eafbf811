// The plain recurrent cell, as RNN, UNIDIRECTIONAL_SEQUENCE_RNN and each direction of BIDIRECTIONAL_SEQUENCE_RNN
// compute it: h = activation(W x + A aux + R h + bias).
#ifndef ZEROPOINT_OPS_RNN_CELL_H_
#define ZEROPOINT_OPS_RNN_CELL_H_

#include <memory>
#include <optional>

#include "ops/recurrent.h"

namespace zeropoint::ops {

struct RnnOperands {
  int input;
  int weights, recurrent_weights, bias, state;
  int aux_input = -1, aux_weights = -1;

  static constexpr RnnOperands OneDirection() { return {0, 1, 2, 3, 4}; }
  static constexpr RnnOperands Forward() { return {0, 1, 2, 3, 4, 9, 10}; }
  static constexpr RnnOperands Backward() { return {0, 5, 6, 7, 8, 9, 11}; }
};
inline constexpr int kRnnOperands = 5;

// Checks all operands against each other. Returns the number of units.
absl::StatusOr<int64_t> CheckRnn(const InferContext& context, const RnnOperands& operands, int64_t batch);

class PackedRnn {
 public:
  // Null when the weights are not known yet.
  static std::unique_ptr<PackedRnn> Pack(absl::Span<const TensorView> inputs, const RnnOperands& operands,
                                         const ir::Attributes& attrs);

  struct Task {
    std::optional<kernels::Unary> activation;
    Sequence sequence;
    bool backwards = false;
    float* out;  // row r of the result starts at out + r * out_stride
    int64_t out_stride;
  };
  absl::Status Run(const EvalContext& context, const Task& task) const;
  int64_t units() const { return recurrent_->units(); }

 private:
  RnnOperands operands_;
  std::optional<GateProduct> input_, aux_, recurrent_;
};

// The record of a cell in one direction; what differs is left to fill in: the options, and `infer` by way of InferRnn.
OpDef RnnRecord(absl::string_view name, int32_t code);
// `rank`: that of the input.
absl::Status InferRnn(InferContext& context, int rank);
// Of all ops with plain recurrent cells: hybrid 2, 3 when inputs are rounded asymmetrically; else 1.
int RnnVersion(const VersionContext& context);
inline constexpr absl::string_view kNoIntegerRnn = "LiteRT has no integer kernel of it";

}  // namespace zeropoint::ops

#endif  // ZEROPOINT_OPS_RNN_CELL_H_
