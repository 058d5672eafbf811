// The public API's signatures and samples as the stages have them.
#ifndef ZEROPOINT_PIPELINE_SAMPLES_H_
#define ZEROPOINT_PIPELINE_SAMPLES_H_

#include <cstdint>
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

// A sample that owns its data. Movable: `view` stays valid, since a moved vector keeps its buffer.
struct StoredSample {
  SampleView view;
  std::vector<std::vector<uint8_t>> storage;  // one buffer a tensor

  StoredSample() = default;
  StoredSample(const StoredSample&) = delete;
  StoredSample& operator=(const StoredSample&) = delete;
  StoredSample(StoredSample&&) = default;
  StoredSample& operator=(StoredSample&&) = default;
};
StoredSample Store(const SampleView& sample);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_SAMPLES_H_
