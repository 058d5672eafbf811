// The public API's signatures and samples as the stages have them.
#ifndef ZEROPOINT_PIPELINE_SAMPLES_H_
#define ZEROPOINT_PIPELINE_SAMPLES_H_

#include <vector>

#include "calibrate/calibrate.h"
#include "ir/graph.h"
#include "zeropoint/converter.h"
#include "zeropoint/dataset.h"

namespace zeropoint::pipeline {

// What each signature asks for; of a model without signatures, what its first graph asks for, by its tensors' names.
std::vector<SignatureInputs> SignaturesOf(const ir::Model& model);

// The data is copied.
calibrate::Sample ToSample(const SampleView& view);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_SAMPLES_H_
