// What the user's options ask for: one of the modes, or an error that says what contradicts what.
#ifndef ZEROPOINT_PIPELINE_MODE_H_
#define ZEROPOINT_PIPELINE_MODE_H_

#include <string>
#include <vector>

#include "base/status.h"
#include "pipeline/recipe.h"
#include "plan/plan.h"
#include "zeropoint/converter.h"

namespace zeropoint::pipeline {

struct Mode {
  std::string name;  // as Report::mode
  plan::PlanOptions plan;
  bool target_named = false;           // the user said what shall run the result
  bool quantizes_activations = false;  // of some op at least
  bool calibrates = false;
  Calibration calibration = Calibration::kTensorFlow;
  SampleState sample_state = SampleState::kCarry;
  std::vector<std::string> warnings;  // options that have no effect in this mode
};

// `trained`: FakeQuant nodes of the model tell ranges, so that kDefault without samples means int8, as in TensorFlow.
// What the recipe states takes the place of the options of the same meaning; its rules are left to ApplyRules. Source
// of the table: the attributes' meaning in TensorFlow 2.21's lite.TFLiteConverter. kInvalidArgument when the options
// contradict each other.
absl::StatusOr<Mode> ResolveMode(const ConverterOptions& options, bool trained = false, const Recipe& recipe = {});

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_MODE_H_
