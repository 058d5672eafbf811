// What changes gain, measured by converting again. Private to the debugger.
#ifndef ZEROPOINT_PIPELINE_DEBUG_MEASURE_H_
#define ZEROPOINT_PIPELINE_DEBUG_MEASURE_H_

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "absl/types/span.h"
#include "pipeline/debug_candidates.h"
#include "pipeline/debug_view.h"

namespace zeropoint::pipeline {

// Calibration by other samples, and those that it is measured on.
struct Trial {
  ir::Statistics statistics;
  std::vector<evaluate::Sample> samples;
};

// A finding whose mend was measured.
struct Measured {
  double recovered = 0.0;
  evaluate::Cause cause = evaluate::Cause::kRangeCollapse;
  int place = 0;  // of the op, in order of execution
  DebugFinding finding;

  // What gains as much, to a fiftieth of the noise, is told in the order of causes, then of execution.
  std::tuple<int64_t, evaluate::Cause, int> Key() const {
    constexpr double kSteps = 50.0;
    return {-std::llround(recovered * kSteps), cause, place};
  }
};

class Measurer {
 public:
  Measurer(const DebugView& view, const Context& context);

  // The samples that changes of the recipe are measured on.
  absl::Span<const evaluate::Sample> samples() const { return samples_; }
  // The outputs of a quantized form of the model.
  absl::StatusOr<std::vector<evaluate::OutputFigures>> Outputs(const ir::Model& model,
                                                               absl::Span<const evaluate::Sample> samples) const;
  // Tries the candidate's changes and adds the best of what they cost, where one gains enough. `before`: outputs on
  // samples().
  absl::Status MeasureCandidate(const Candidate& candidate, const std::vector<evaluate::OutputFigures>& before,
                                std::vector<Measured>& measured) const;
  // The same for other samples to calibrate with: all trials together. `line` tells what to do, `input` to whose
  // samples.
  absl::Status MeasureSamples(const Candidate& candidate, absl::Span<const Trial> trials, const std::string& line,
                              std::vector<Measured>& measured, const std::string& input, bool has_scale) const;

 private:
  absl::StatusOr<std::vector<evaluate::OutputFigures>> OutputsWith(const Mend& mend,
                                                                   absl::Span<const evaluate::Sample> samples) const;
  int PlaceOf(const Candidate& candidate) const;
  DebugFinding Describe(const Candidate& candidate) const;

  const DebugView& v_;
  const Context& context_;
  const absl::Span<const evaluate::Sample> samples_;
};

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_DEBUG_MEASURE_H_
