// Runs samples through the float engine and keeps the range of every float activation.
#ifndef ZEROPOINT_CALIBRATE_CALIBRATE_H_
#define ZEROPOINT_CALIBRATE_CALIBRATE_H_

#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/status.h"
#include "ir/graph.h"
#include "ir/statistics.h"

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
};

// Fills `sample` with the next one; false at the end. Called from one thread at a time, in order.
using NextSample = std::function<absl::StatusOr<bool>(Sample& sample)>;

// Samples are spread over context.threads. Errors name sample and tensor: a wrong name, type or shape
// (kInvalidArgument), NaN or Inf in a float tensor of the data or of an activation, no samples at all.
// The rule of min and max is TensorFlow 2.21's calibrator: global over all elements of all samples; a tensor that is
// never positive has max FLT_MIN.
absl::StatusOr<ir::Statistics> Calibrate(const ir::Model& model, const NextSample& next, const Context& context);

}  // namespace zeropoint::calibrate

#endif  // ZEROPOINT_CALIBRATE_CALIBRATE_H_
