#include "evaluate/causes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "absl/strings/str_cat.h"

namespace zeropoint::evaluate {
namespace {

// 4 of 8 bits are lost: what is left to the others is a step of a sixteenth of their range.
constexpr double kCoarse = 16.0;
// An outlier stands alone: few channels (but one may always) reach a quarter of the largest.
constexpr double kNearLargest = 0.25, kFewChannels = 0.1;
// 2 bits: below that, what never changes does no harm worth a word.
constexpr double kDeadReach = 4.0;
// The minimum of x * sigmoid(x) is -0.278, of HARD_SWISH -0.375, of GELU -0.170; room for both sides.
constexpr float kDeepestTail = -0.4f, kShallowestTail = -0.1f;
constexpr double kTailShare = 0.25;  // of all values: otherwise the tail says little
constexpr double kTailCodes = 8.0;   // 3 bits for all that is negative
// A sixteenth of the codes: 4 of 8 bits.
constexpr double kUsedShare = 1.0 / 16.0;
// Values beyond the bulk are strays when they are fewer than this.
constexpr double kStrayShare = 0.001;
// One value in a hundred of an input beyond its range is no rounding at the edge.
constexpr double kSaturatedShare = 0.01;
// Photos may use half of their range; a quarter is another unit.
constexpr double kOtherUnit = 4.0;
// How far a range may be from a usual one to be taken for it.
constexpr double kNearUsual = 0.1;
// docs/cli.md: 100 samples are enough.
constexpr uint64_t kEnoughSamples = 100;
// A value in a thousand is clipped on purpose by nobody; in a tenth of the tensors it is no accident of one. One tensor
// alone is reason enough when it is clipped as an input must not be (kSaturatedShare).
constexpr double kClippedShare = 0.001, kClippedTensors = 0.1;

double Extent(const ir::Range& range) {
  return std::max(std::abs(static_cast<double>(range.min)), std::abs(static_cast<double>(range.max)));
}
double Width(const ir::Range& range) { return static_cast<double>(range.max) - range.min; }
bool IsConstant(const ir::Range& range) { return range.min == range.max; }

std::string Format(const char* format, double x) {
  char text[64];
  std::snprintf(text, sizeof(text), format, x);
  return text;
}
std::string Number(double x) { return Format("%.4g", x); }

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string ChannelList(const std::vector<int64_t>& channels) {
  constexpr size_t kShown = 4;
  std::string text = channels.size() == 1 ? "channel " : "channels ";
  for (size_t i = 0; i < std::min(channels.size(), kShown); ++i)
    absl::StrAppend(&text, i == 0 ? "" : ", ", channels[i]);
  if (channels.size() > kShown) absl::StrAppend(&text, " ...");
  return text;
}

// The range of all channels that are not constant, with 0, which integers must hold.
ir::Range LiveRange(absl::Span<const ir::Range> channels) {
  ir::Range live{0.0f, 0.0f};
  for (const ir::Range& channel : channels) {
    if (IsConstant(channel)) continue;
    live.min = std::min(live.min, channel.min);
    live.max = std::max(live.max, channel.max);
  }
  return live;
}

// Codes that a width takes at a step.
double CodesFor(double width, float step) { return step > 0.0f ? width / step : 0.0; }

// x * scale + offset that are in common use, for samples of 0..255.
struct UsualMap {
  double scale, offset;
};
constexpr UsualMap kUsualMaps[] = {
    {1.0 / 255.0, 0.0}, {1.0 / 127.5, -1.0}, {1.0, -128.0}, {255.0, 0.0}, {127.5, 127.5}};

}  // namespace

absl::string_view CauseName(Cause cause) {
  switch (cause) {
    case Cause::kUnnormalizedSamples:
      return "unnormalized-samples";
    case Cause::kTooFewSamples:
      return "too-few-samples";
    case Cause::kMixedRangeConcat:
      return "mixed-range-concat";
    case Cause::kDeadChannel:
      return "dead-channel";
    case Cause::kOutlierChannel:
      return "outlier-channel";
    case Cause::kSaturatedInput:
      return "saturated-input";
    case Cause::kSwishTail:
      return "swish-tail";
    case Cause::kRangeCollapse:
      break;
  }
  return "range-collapse";
}

std::optional<Diagnosis> FindOutlierChannel(const ActivationFacts& facts) {
  std::vector<double> live;
  for (const ir::Range& channel : facts.channels) {
    if (!IsConstant(channel)) live.push_back(Extent(channel));
  }
  if (live.size() < 2) return std::nullopt;
  const double largest = *std::max_element(live.begin(), live.end()), median = Median(live);
  if (median <= 0.0 || largest < kCoarse * median) return std::nullopt;
  Diagnosis diagnosis{Cause::kOutlierChannel, "", {}, std::nullopt};
  for (size_t c = 0; c < facts.channels.size(); ++c) {
    const bool far = !IsConstant(facts.channels[c]) && Extent(facts.channels[c]) >= kNearLargest * largest;
    if (far) diagnosis.channels.push_back(static_cast<int64_t>(c));
  }
  const double allowed = std::max(1.0, kFewChannels * static_cast<double>(facts.channels.size()));
  if (static_cast<double>(diagnosis.channels.size()) > allowed) return std::nullopt;
  diagnosis.text = absl::StrCat(ChannelList(diagnosis.channels), " of ", facts.channels.size(), " reaches ",
                                Number(largest), ", the median channel ", Number(median), ": at a step of ",
                                Number(facts.step), " the median channel has ",
                                Number(std::max(1.0, CodesFor(median, facts.step))), " of ", facts.codes, " codes");
  return diagnosis;
}

std::optional<Diagnosis> FindDeadChannel(const ActivationFacts& facts) {
  const ir::Range live = LiveRange(facts.channels);
  if (Width(live) <= 0.0) return std::nullopt;
  Diagnosis diagnosis{Cause::kDeadChannel, "", {}, live};
  double farthest = 0.0;
  for (size_t c = 0; c < facts.channels.size(); ++c) {
    const ir::Range& channel = facts.channels[c];
    if (!IsConstant(channel) || Extent(channel) < kDeadReach * Extent(live)) continue;
    diagnosis.channels.push_back(static_cast<int64_t>(c));
    farthest = std::abs(channel.min) > std::abs(farthest) ? channel.min : farthest;
  }
  if (diagnosis.channels.empty()) return std::nullopt;
  diagnosis.text = absl::StrCat(
      ChannelList(diagnosis.channels), " of ", facts.channels.size(), " never changes from ", Number(farthest),
      " and sets the range; the others lie in [", Number(live.min), ", ", Number(live.max), "], which takes ",
      Number(std::max(1.0, CodesFor(Width(live), facts.step))), " of ", facts.codes, " codes");
  return diagnosis;
}

std::optional<Diagnosis> FindSwishTail(const ActivationFacts& facts) {
  if (facts.real.min < kDeepestTail || facts.real.min > kShallowestTail || facts.negative < kTailShare)
    return std::nullopt;
  const double codes = CodesFor(-static_cast<double>(facts.real.min), facts.step);
  if (codes > kTailCodes) return std::nullopt;
  return Diagnosis{Cause::kSwishTail,
                   absl::StrCat(Format("%.0f %%", 100.0 * facts.negative), " of the values lie in [",
                                Number(facts.real.min), ", 0), where a step of ", Number(facts.step), " leaves ",
                                Format("%.1f", codes), " codes, because the largest is ", Number(facts.real.max)),
                   {},
                   std::nullopt};
}

std::optional<Diagnosis> FindRangeCollapse(const ActivationFacts& facts) {
  if (facts.codes == 0 || Width(facts.real) <= 0.0) return std::nullopt;
  const double wide = Width(facts.held);
  if (Width(facts.real) < kUsedShare * wide) {
    return Diagnosis{Cause::kRangeCollapse,
                     absl::StrCat("values lie in [", Number(facts.real.min), ", ", Number(facts.real.max),
                                  "], the integers hold [", Number(facts.held.min), ", ", Number(facts.held.max),
                                  "]: ", facts.codes_used, " of ", facts.codes, " codes are used"),
                     {},
                     facts.real};
  }
  // The narrowest run of bins around the bulk that leaves no more than strays outside.
  uint64_t total = 0;
  for (uint64_t count : facts.histogram) total += count;
  const auto strays = static_cast<uint64_t>(kStrayShare * static_cast<double>(total));
  size_t low = 0, high = facts.histogram.size();
  uint64_t outside = 0;
  while (low + 1 < high) {
    const bool from_top = facts.histogram[high - 1] <= facts.histogram[low];
    const uint64_t next = from_top ? facts.histogram[high - 1] : facts.histogram[low];
    if (outside + next > strays) break;
    outside += next;
    if (from_top)
      --high;
    else
      ++low;
  }
  if (outside == 0 || total == 0) return std::nullopt;
  const double bin = Width(facts.real) / static_cast<double>(facts.histogram.size());
  const ir::Range bulk{std::min(0.0f, static_cast<float>(facts.real.min + bin * static_cast<double>(low))),
                       std::max(0.0f, static_cast<float>(facts.real.min + bin * static_cast<double>(high)))};
  if (Width(bulk) > kUsedShare * Width(facts.real)) return std::nullopt;
  return Diagnosis{
      Cause::kRangeCollapse,
      absl::StrCat("all but ", outside, " of ", total, " values lie in [", Number(bulk.min), ", ", Number(bulk.max),
                   "], the strays reach [", Number(facts.real.min), ", ", Number(facts.real.max), "]"),
      {},
      bulk};
}

std::optional<Diagnosis> FindSaturatedInput(const ActivationFacts& facts) {
  if (facts.clipped < kSaturatedShare) return std::nullopt;
  return Diagnosis{Cause::kSaturatedInput,
                   absl::StrCat(Format("%.1f %%", 100.0 * facts.clipped), " of the input's values lie beyond [",
                                Number(facts.held.min), ", ", Number(facts.held.max),
                                "], what the quantized model takes; they reach [", Number(facts.real.min), ", ",
                                Number(facts.real.max), "]"),
                   {},
                   facts.real};
}

std::optional<Diagnosis> FindMixedRange(absl::Span<const Operand> operands, float step) {
  const Operand *widest = nullptr, *narrowest = nullptr;
  for (const Operand& operand : operands) {
    if (Extent(operand.real) == 0.0) continue;
    if (widest == nullptr || Extent(operand.real) > Extent(widest->real)) widest = &operand;
    if (narrowest == nullptr || Extent(operand.real) < Extent(narrowest->real)) narrowest = &operand;
  }
  if (widest == nullptr || Extent(widest->real) < kCoarse * Extent(narrowest->real)) return std::nullopt;
  return Diagnosis{
      Cause::kMixedRangeConcat,
      absl::StrCat("one scale serves '", widest->name, "' in [", Number(widest->real.min), ", ",
                   Number(widest->real.max), "] and '", narrowest->name, "' in [", Number(narrowest->real.min), ", ",
                   Number(narrowest->real.max), "]: a step of ", Number(step), " leaves the narrow one ",
                   Number(std::max(1.0, std::ceil(CodesFor(Width(narrowest->real), step)))), " codes"),
      {},
      std::nullopt};
}

std::optional<Diagnosis> FindUnnormalizedSamples(const ir::Range& calibrated, const ir::Range& expected) {
  const double from = Width(calibrated), to = Width(expected);
  if (from <= 0.0 || to <= 0.0) return std::nullopt;
  if (from < kOtherUnit * to && to < kOtherUnit * from) return std::nullopt;
  Diagnosis diagnosis{Cause::kUnnormalizedSamples, "", {}, std::nullopt, to / from, 0.0};
  diagnosis.offset = expected.min - calibrated.min * diagnosis.scale;
  double nearest = kNearUsual;
  bool usual_unit = false;
  for (const UsualMap& usual : kUsualMaps) {
    const double low = calibrated.min * usual.scale + usual.offset, high = calibrated.max * usual.scale + usual.offset;
    const double away = std::max(std::abs(low - expected.min), std::abs(high - expected.max)) / to;
    if (away > nearest) continue;
    nearest = away;
    diagnosis.scale = usual.scale;
    diagnosis.offset = usual.offset;
    usual_unit = true;
  }
  // Samples that reach less far than others are mostly too few of them; in another unit they are only where it is a
  // usual one.
  if (from < to && !usual_unit) return std::nullopt;
  diagnosis.text =
      absl::StrCat("the samples that calibrate lie in [", Number(calibrated.min), ", ", Number(calibrated.max),
                   "], what the model is given in [", Number(expected.min), ", ", Number(expected.max),
                   "]: they differ by a factor of ", Number(from > to ? from / to : to / from));
  return diagnosis;
}

std::optional<Diagnosis> FindTooFewSamples(uint64_t samples, absl::Span<const ClippedTensor> tensors) {
  if (samples >= kEnoughSamples || tensors.empty()) return std::nullopt;
  size_t clipped = 0;
  const ClippedTensor* worst = &tensors[0];
  for (const ClippedTensor& tensor : tensors) {
    if (tensor.clipped >= kClippedShare) ++clipped;
    if (tensor.clipped > worst->clipped) worst = &tensor;
  }
  const bool many =
      clipped > 0 && static_cast<double>(clipped) >= kClippedTensors * static_cast<double>(tensors.size());
  if (!many && worst->clipped < kSaturatedShare) return std::nullopt;
  return Diagnosis{Cause::kTooFewSamples,
                   absl::StrCat("calibration saw ", samples, samples == 1 ? " sample; " : " samples; ", clipped, " of ",
                                tensors.size(), " tensors leave its ranges, '", worst->name, "' with ",
                                Format("%.1f %%", 100.0 * worst->clipped), " of its values: it reaches [",
                                Number(worst->real.min), ", ", Number(worst->real.max), "], calibration saw [",
                                Number(worst->calibrated.min), ", ", Number(worst->calibrated.max), "]"),
                   {},
                   std::nullopt};
}

}  // namespace zeropoint::evaluate
