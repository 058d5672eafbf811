// What is wrong with the samples that calibrate: only where others are measured on. Private to the debugger.
#ifndef ZEROPOINT_PIPELINE_DEBUG_SAMPLES_H_
#define ZEROPOINT_PIPELINE_DEBUG_SAMPLES_H_

#include <vector>

#include "pipeline/debug_measure.h"

namespace zeropoint::pipeline {

absl::Status AddSampleFindings(const DebugView& view, const Measurer& measurer, const Context& context,
                               std::vector<Measured>& measured);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_DEBUG_SAMPLES_H_
