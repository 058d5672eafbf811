// Proof before return: the bytes that a conversion is about to hand out are read back and held against the model that
// they were written of.
#ifndef ZEROPOINT_PIPELINE_PROOF_H_
#define ZEROPOINT_PIPELINE_PROOF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "calibrate/calibrate.h"
#include "ir/graph.h"
#include "ops/tensor_view.h"
#include "targets/target.h"
#include "zeropoint/report.h"

namespace zeropoint::pipeline {

// Reads `file` and compares: structure, operands, attributes, versions, types, shapes, parameters, and every constant
// byte for byte. Beyond that, what any file must keep: parameters are finite and in range, constants fill their shapes,
// every op has a record or is a custom one, takes as many operands as that says, and has a kernel wherever it had one
// in `meant`. No constant is copied. The model that was read, or kInternal naming what is wrong.
absl::StatusOr<ir::Model> CheckBytes(const Bytes& file, const ir::Model& meant, const targets::Target& target);

// The first sample that calibration ran, and what the float model made of it.
struct FirstRun {
  calibrate::Sample sample;
  std::vector<std::vector<double>> outputs;  // of its graph, in order; empty for tensors that hold no numbers
};

// The numbers that a tensor stands for; none of types that stand for no numbers.
std::vector<double> Reals(const ops::TensorView& view, const ir::QuantParams& quant);

// One run of the result, compared with the float model's. The float model runs when this is made, as it is gone when
// the result is there.
class TrialRun {
 public:
  // On ones (zeros where the input is no float) of the first signature's shapes, unknown dimensions 1. A run that would
  // take more than `max_memory` bytes (0: no limit) for weights and activations is left out.
  static TrialRun OfFloatModel(const ir::Model& model, uint64_t max_memory = 0);
  // On the sample that calibration ran.
  static TrialRun OfCalibration(const ir::Model& model, FirstRun first, uint64_t max_memory = 0);

  // Fills in the report. kFailedPrecondition where a result holds NaN or infinity and the float model's does not. A
  // result or a sample that our engine cannot run is a note in the report.
  absl::Status Compare(const ir::Model& result, ProofReport& report) const;

 private:
  std::string skipped_;  // why there is nothing to compare; empty: there is
  uint64_t max_memory_ = 0;
  calibrate::Sample sample_;
  int graph_ = 0;
  std::vector<size_t> tensors_;               // of the sample, by the graph's inputs
  std::vector<std::vector<double>> outputs_;  // of the float model, by the graph's outputs
};

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_PROOF_H_
