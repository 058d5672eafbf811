// Runs samples through the float engine and keeps the range of every float activation.
#ifndef ZEROPOINT_CALIBRATE_CALIBRATE_H_
#define ZEROPOINT_CALIBRATE_CALIBRATE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "base/context.h"
#include "base/status.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "ops/tensor_view.h"

namespace zeropoint::calibrate {

struct SampleTensor {
  std::string name;  // the signature's input name; empty: by position
  ElementType type = ElementType::kFloat32;
  ir::Shape shape;
  Bytes data;
};

struct Sample {
  std::string signature;  // empty: the only or first signature
  std::vector<SampleTensor> tensors;
  bool continues = false;  // the next step of the sequence that the sample before is a step of
};

// Fills `sample` with the next one; false at the end. Called from one thread at a time, in order.
using NextSample = std::function<absl::StatusOr<bool>(Sample& sample)>;

// What becomes of variables (state operands of recurrent ops, resource variables) between samples. Within a sequence of
// steps they always stay as the step before left them.
enum class State {
  kCarry,  // they stay: all samples are one sequence, run in order on one thread, as TensorFlow's calibrator does
  kReset,  // each sequence starts from zeros and from what the model assigns when it is first run
};

struct Options {
  State state = State::kCarry;  // without influence on models that have no state
  // Bytes that packed weights, activations and samples in work may take together; 0: as many as they do. What does not
  // fit runs on fewer threads, then with weights that are packed for each run; the first sample runs alone, to be
  // measured. Models with state run on one thread then.
  uint64_t max_memory = 0;
  // Called once, on whatever thread ran the first sample, with the outputs of its graph; their data is gone afterwards.
  std::function<void(absl::Span<const ops::TensorView> outputs)> first_outputs;
};

// Samples are spread over context.threads. Errors name sample and tensor: a wrong name, type or shape
// (kInvalidArgument), NaN or Inf in a float tensor of the data or of an activation, no samples at all;
// kResourceExhausted when max_memory is too little, telling the least that would do. The rule of min and max is
// TensorFlow 2.21's calibrator: global over all elements of all samples; a tensor that is never positive has max
// FLT_MIN. Graphs that others call have ranges as far as they have run, state operands those of before and after each
// step, intermediates those that their node shows. The number of threads changes nothing.
absl::StatusOr<ir::Statistics> Calibrate(const ir::Model& model, const NextSample& next, const Context& context,
                                         const Options& options = {});

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_CALIBRATE_H_
