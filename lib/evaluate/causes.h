// Why a tensor suffers from quantization: one rule a function, figures in, a diagnosis out.
//
// Rules know no model and no op; thresholds are named where they stand, with their reasons (docs/debugging.md lists
// them). That a diagnosis matters is not theirs to say: the debugger converts again with the mend and looks at the
// outputs.
#ifndef ZEROPOINT_EVALUATE_CAUSES_H_
#define ZEROPOINT_EVALUATE_CAUSES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "evaluate/compare.h"
#include "ir/statistics.h"

namespace zeropoint::evaluate {

// In the order in which they are told where mends gain the same: what explains others comes first.
enum class Cause : uint8_t {
  kUnnormalizedSamples,
  kTooFewSamples,
  kMixedRangeConcat,
  kDeadChannel,
  kOutlierChannel,
  kSaturatedInput,
  kSwishTail,
  kRangeCollapse,
};
absl::string_view CauseName(Cause cause);  // "outlier-channel"

struct Diagnosis {
  Cause cause;
  std::string text;                  // with the numbers
  std::vector<int64_t> channels;     // of the last dimension
  std::optional<ir::Range> range;    // that would do better
  double scale = 1.0, offset = 0.0;  // kUnnormalizedSamples: sample * scale + offset is what the model expects
};

// A quantized activation.
struct ActivationFacts {
  ir::Range real;                        // of the float values
  ir::Range held;                        // that the integers can hold
  float step = 0.0f;                     // the scale
  absl::Span<const ir::Range> channels;  // float, of each index of the last dimension; may be empty
  double negative = 0.0;                 // share of the float values below 0
  double clipped = 0.0;                  // share of them beyond `held`
  uint64_t codes_used = 0, codes = 0;
  absl::Span<const uint64_t> histogram;  // of the float values, from real.min to real.max
};

// A few channels set the range, the others have few codes.
std::optional<Diagnosis> FindOutlierChannel(const ActivationFacts& facts);
// A channel that never changes sets the range.
std::optional<Diagnosis> FindDeadChannel(const ActivationFacts& facts);
// Many small negative values (SWISH, HARD_SWISH, GELU) share few codes, because positive ones reach far.
std::optional<Diagnosis> FindSwishTail(const ActivationFacts& facts);
// Values use few of the codes: the range is another tensor's, or set by a few stray values.
std::optional<Diagnosis> FindRangeCollapse(const ActivationFacts& facts);
// Of an input: samples lie beyond what the quantized model can take.
std::optional<Diagnosis> FindSaturatedInput(const ActivationFacts& facts);

// Operands that one scale serves.
struct Operand {
  std::string name;
  ir::Range real;
};
std::optional<Diagnosis> FindMixedRange(absl::Span<const Operand> operands, float step);

// An input as calibration saw it, and as evaluation does (or training did).
std::optional<Diagnosis> FindUnnormalizedSamples(const ir::Range& calibrated, const ir::Range& expected);

// How far evaluation leaves the calibrated ranges.
struct ClippedTensor {
  std::string name;
  double clipped = 0.0;  // share of its values
  ir::Range calibrated, real;
};
// `tensors`: all quantized ones. The worst is in the text.
std::optional<Diagnosis> FindTooFewSamples(uint64_t samples, absl::Span<const ClippedTensor> tensors);

}  // namespace zeropoint::evaluate

#endif  // ZEROPOINT_EVALUATE_CAUSES_H_
