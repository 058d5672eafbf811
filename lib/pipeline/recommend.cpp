// Recommend (zeropoint/recommend.h): converts in every mode, judges each, chooses one.
#include "zeropoint/recommend.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "evaluate/judge.h"
#include "nlohmann/json.hpp"
#include "pipeline/recipe.h"
#include "pipeline/samples.h"
#include "pipeline/subject.h"
#include "zeropoint/error.h"
#include "zeropoint/model.h"
#include "zeropoint/modes.h"

namespace zeropoint {
namespace {

using pipeline::StoredSample;
using pipeline::Subject;

constexpr char kFloat[] = "float";
constexpr char kFloatType[] = "float32";
constexpr char kOwnEngine[] =
    "Zeropoint's engine on this machine, 1 thread; its integer kernels are exact rather than fast";

// What is good enough where the user does not say.
constexpr char kDefaultPoints[] = "1%";     // of fractions
constexpr char kDefaultDecibels[] = "1dB";  // of psnr with labels
constexpr char kDefaultLimit[] = "20dB";    // of sqnr and psnr without: noise of a hundredth of the signal's power
// Sizes and times that differ less count as equal: the rest is overhead of the file, or noise of the clock.
constexpr double kAboutEqual = 1.1;
// Among equals: the order of the decision tree on LiteRT's page on post-training quantization (full integer where there
// are samples; 16x8 where int8 loses too much; otherwise dynamic range; float16 for GPUs).
constexpr std::array<const char*, 6> kOrder = {"int8",    "int8-only", "int16x8", "int16x8-fallback",
                                               "dynamic", "float16"};
// Of n samples, the next lies beyond a tensor's range, or does worse than the worst, with probability 1 / (n + 1),
// whatever its distribution (order statistics): 5 % with 19.
constexpr size_t kSettlingSamples = 19;
constexpr size_t kFewestRuns = 5, kMostRuns = 200;
constexpr double kEnoughSeconds = 0.2;  // of runs, for a median that a hiccup does not move

absl::Status BadOptions(const std::string& message) {
  return Annotate(absl::InvalidArgumentError(message), Place::kStage, pipeline::kOptionsStage);
}

// --- samples

struct Halves {
  std::vector<StoredSample> calibration, judging;
  Labels labels;  // of `judging`
};

// Reads samples in memory; a copy of the dataset shares nothing with another.
RepresentativeDataset Reader(const std::vector<StoredSample>& samples) {
  auto position = std::make_shared<size_t>(0);
  auto next = [&samples, position](SampleView& view) -> absl::StatusOr<bool> {
    if (*position == samples.size()) return false;
    view = samples[(*position)++].view;
    return true;
  };
  return RepresentativeDataset::FromFunction(std::move(next), [position] { *position = 0; });
}

// Spreads consecutive numbers evenly (the finalizer of SplitMix64), so that no period of the data decides who is where.
uint64_t Scramble(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

// Which of `count` sequences calibrate: half of them, rounded down; where state is carried along, the first half.
std::vector<bool> ChooseCalibration(size_t count, bool in_order) {
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; ++i) order[i] = i;
  if (!in_order) std::sort(order.begin(), order.end(), [](size_t a, size_t b) { return Scramble(a) < Scramble(b); });
  std::vector<bool> chosen(count);
  for (size_t i = 0; i < count / 2; ++i) chosen[order[i]] = true;
  return chosen;
}

absl::StatusOr<std::vector<StoredSample>> ReadAll(const RepresentativeDataset& data) {
  std::vector<StoredSample> samples;
  data.Reset();
  while (true) {
    SampleView view;
    ZP_ASSIGN_OR_RETURN(const bool more, data.next()(view));
    if (!more) return samples;
    samples.push_back(pipeline::Store(view));
  }
}

absl::StatusOr<Halves> Split(const EvaluateOptions& options, bool in_order) {
  ZP_ASSIGN_OR_RETURN(std::vector<StoredSample> samples, ReadAll(options.data));
  const Labels& labels = options.labels;
  if (!labels.empty() && static_cast<size_t>(labels.shape[0]) != samples.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", labels.shape[0], " labels and ", samples.size(), " samples"));
  }
  size_t sequences = 0;
  for (const StoredSample& sample : samples) sequences += sample.view.continues && sequences > 0 ? 0 : 1;
  if (sequences < 2) {
    return absl::InvalidArgumentError(
        "at least 2 samples are needed: one half calibrates, the other judges, so that no mode is judged by what made "
        "it");
  }
  const std::vector<bool> calibrates = ChooseCalibration(sequences, in_order);
  Halves halves;
  const size_t width = samples.empty() ? 0 : labels.values.size() / samples.size();
  size_t sequence = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (i > 0 && !samples[i].view.continues) ++sequence;
    if (calibrates[sequence]) {
      halves.calibration.push_back(std::move(samples[i]));
      continue;
    }
    halves.judging.push_back(std::move(samples[i]));
    const float* first = labels.values.data() + i * width;
    halves.labels.values.insert(halves.labels.values.end(), first, first + width);
  }
  if (labels.empty()) return halves;
  halves.labels.shape = labels.shape;
  halves.labels.shape[0] = static_cast<int64_t>(halves.judging.size());
  return halves;
}

// --- one mode

// Ops that compute with real numbers, and whether any activation is a quantized integer.
void CountFloatOps(const ModelInfo& info, ModeTrial& trial) {
  bool any_integer = false;
  for (const SubgraphInfo& graph : info.subgraphs) {
    for (const OperatorInfo& op : graph.operators) {
      bool real = false, integer = false;
      for (const std::vector<int>* list : {&op.inputs, &op.outputs}) {
        for (int id : *list) {
          if (id < 0) continue;
          const TensorInfo& tensor = graph.tensors[static_cast<size_t>(id)];
          real |= tensor.type == kFloatType;
          integer |= !tensor.scale.empty() && !tensor.is_constant;
        }
      }
      any_integer |= integer;
      if (real && !integer) ++trial.float_ops;
    }
  }
  trial.integer_only = any_integer && trial.float_ops == 0;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Over the judging samples, one after the other, from the start again where more runs are wanted.
absl::StatusOr<double> MeasureSeconds(Subject& subject, const std::vector<StoredSample>& samples) {
  std::vector<double> times;
  double sum = 0.0;
  // One run more: the first plans memory.
  for (size_t run = 0; run <= kMostRuns && (times.size() < kFewestRuns || sum < kEnoughSeconds); ++run) {
    absl::StatusOr<std::vector<pipeline::RealTensor>> results =
        subject.Run(0, samples[run % samples.size()].view, subject);
    if (!results.ok()) return results.status();
    if (run == 0) continue;
    times.push_back(subject.seconds(0));
    sum += times.back();
  }
  return Median(std::move(times));
}

class Trials {
 public:
  Trials(const RecommendOptions& options, Halves halves) : options_(options), halves_(std::move(halves)) {
    judge_ = options.judge;
    judge_.data = Reader(halves_.judging);
    judge_.labels = halves_.labels;
    judge_.max_drop.clear();
    judge_.limit.clear();
    judge_.progress = nullptr;
  }

  const Halves& halves() const { return halves_; }

  absl::Status Report(const std::string& mode, uint64_t done, uint64_t total) const {
    const bool go_on = !options_.judge.progress || options_.judge.progress({mode, done, total});
    const std::atomic<bool>* cancel = options_.judge.cancel;
    if (go_on && (cancel == nullptr || !cancel->load())) return absl::OkStatus();
    return absl::CancelledError("cancelled");
  }

  // The file of a mode. An error is the mode's refusal.
  absl::StatusOr<Conversion> Convert(Converter& converter, const ModePreset& preset) const;
  // Fills in all that can be said of a file. `real` is the float mode's.
  absl::StatusOr<Evaluation> Judge(const std::string& model, const std::string& real, ModeTrial& trial) const;

 private:
  const RecommendOptions& options_;
  const Halves halves_;
  EvaluateOptions judge_;
};

absl::StatusOr<Conversion> Trials::Convert(Converter& converter, const ModePreset& preset) const {
  static_cast<ConverterOptions&>(converter) = options_.convert;
  converter.optimizations.clear();
  if (preset.quantizes) converter.optimizations = {Optimize::kDefault};
  converter.target_spec.supported_ops = preset.supported_ops;
  converter.target_spec.supported_types = preset.supported_types;
  converter.trained_ranges = preset.needs_data;
  converter.representative_dataset = preset.needs_data ? Reader(halves_.calibration) : RepresentativeDataset();
  converter.sample_state = options_.judge.sample_state;
  converter.threads = options_.judge.threads;
  converter.log = nullptr;
  converter.progress = [&](const ProgressInfo& now) { return Report(preset.name, now.done, now.total).ok(); };
  return converter.Convert();
}

absl::StatusOr<Evaluation> Trials::Judge(const std::string& model, const std::string& real, ModeTrial& trial) const {
  ZP_ASSIGN_OR_RETURN(const ModelInfo info, ModelInfo::FromBytes(model));
  CountFloatOps(info, trial);
  trial.bytes = model.size();
  EvaluateOptions options = judge_;
  options.progress = [&](const ProgressInfo& now) { return Report(trial.mode, now.done, now.total).ok(); };
  ZP_ASSIGN_OR_RETURN(Evaluation result, Evaluate(ModelSource::Bytes(model), options, ModelSource::Bytes(real)));
  ZP_ASSIGN_OR_RETURN(Subject subject, Subject::Open(ModelSource::Bytes(model), options_.judge.run, 1));
  ZP_ASSIGN_OR_RETURN(trial.seconds, MeasureSeconds(subject, halves_.judging));
  trial.tried = true;
  trial.value = result.value;
  for (const OutputDistance& output : result.outputs) {
    if (!result.output.empty() && output.name != result.output) continue;
    trial.sqnr_db = output.sqnr_db;
    trial.cosine = output.cosine;
    break;
  }
  return result;
}

// --- the choice

// How much worse `value` is than `than`.
double Behind(double value, double than, bool higher_is_better) {
  if (value == than) return 0.0;  // infinities as well
  return higher_is_better ? than - value : value - than;
}

// `a` at least about as small as `b`.
bool NoMore(double a, double b) { return a <= b * kAboutEqual; }
bool Less(double a, double b) { return a * kAboutEqual < b; }

void MarkPareto(std::vector<ModeTrial>& trials) {
  for (ModeTrial& trial : trials) {
    trial.pareto = trial.tried && std::none_of(trials.begin(), trials.end(), [&](const ModeTrial& other) {
                     if (!other.tried) return false;
                     const bool as_good = other.bytes <= trial.bytes && NoMore(other.seconds, trial.seconds) &&
                                          other.behind <= trial.behind;
                     const bool better =
                         other.bytes < trial.bytes || Less(other.seconds, trial.seconds) || other.behind < trial.behind;
                     return as_good && better;
                   });
  }
}

size_t OrderOf(const ModeTrial& trial) {
  return static_cast<size_t>(std::find(kOrder.begin(), kOrder.end(), trial.mode) - kOrder.begin());
}

// May be recommended.
bool Eligible(const ModeTrial& trial) { return trial.good_enough && !trial.few_samples; }

// The one to take among those that are good enough.
const ModeTrial& Choose(const std::vector<ModeTrial>& trials, Prefer prefer) {
  std::vector<const ModeTrial*> left;
  for (const ModeTrial& trial : trials) {
    if (Eligible(trial)) left.push_back(&trial);
  }
  // Keeps those that are about as small as the smallest.
  auto keep_least = [&](auto cost) {
    double least = std::numeric_limits<double>::infinity();
    for (const ModeTrial* trial : left) least = std::min(least, cost(*trial));
    std::erase_if(left, [&](const ModeTrial* trial) { return !NoMore(cost(*trial), least); });
  };
  auto bytes = [](const ModeTrial& trial) { return static_cast<double>(trial.bytes); };
  auto seconds = [](const ModeTrial& trial) { return trial.seconds; };
  if (prefer == Prefer::kLatency) keep_least(seconds);
  keep_least(bytes);
  const bool any_integer =
      std::any_of(left.begin(), left.end(), [](const ModeTrial* trial) { return trial->integer_only; });
  if (any_integer) std::erase_if(left, [](const ModeTrial* trial) { return !trial->integer_only; });
  // Float arithmetic in a file of about float's size: nothing is gained.
  for (const ModeTrial* trial : left) {
    if (trial->mode == kFloat) return *trial;
  }
  return **std::min_element(left.begin(), left.end(),
                            [](const ModeTrial* a, const ModeTrial* b) { return OrderOf(*a) < OrderOf(*b); });
}

std::string AmountText(double value, const std::string& unit) {
  if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
  if (unit == "%") return absl::StrFormat("%.2f %%", value * 100.0);
  if (unit == "dB") return absl::StrFormat("%.2f dB", value);
  return absl::StrFormat("%.6g", value);
}

std::string PointsText(double value, const std::string& unit) {
  return unit == "%" ? absl::StrFormat("%.2f points", value * 100.0) : AmountText(value, unit);
}

std::string BoundText(const Recommendation& advice) {
  std::vector<std::string> parts;
  if (advice.max_drop.has_value()) {
    parts.push_back(absl::StrCat("are at most ", PointsText(*advice.max_drop, advice.unit), " of ", advice.metric,
                                 " behind the best (", advice.best, ")"));
  }
  if (advice.limit.has_value()) {
    parts.push_back(absl::StrCat("have ", advice.metric, advice.higher_is_better ? " of at least " : " of at most ",
                                 AmountText(*advice.limit, advice.unit)));
  }
  return absl::StrJoin(parts, " and ");
}

// "the smallest of the modes that are at most 1.00 points of top1 behind the best (float): it is 0.20 points behind,
// ..."
std::string Reason(const Recommendation& advice, const ModeTrial& choice, const ModeTrial& real, Prefer prefer) {
  if (choice.mode == kFloat) {
    auto any = [&](auto holds) {
      return std::any_of(advice.modes.begin(), advice.modes.end(),
                         [&](const ModeTrial& trial) { return trial.mode != kFloat && holds(trial); });
    };
    if (any(Eligible))
      return absl::StrCat("of the modes that ", BoundText(advice), ", none is notably smaller or faster");
    if (any([](const ModeTrial& trial) { return trial.good_enough; }))
      return absl::StrCat("there are no quantized modes of which the samples settle that they ", BoundText(advice));
    return absl::StrCat("there are no quantized modes that ", BoundText(advice),
                        "; zeropoint debug tells what costs most");
  }
  std::string text =
      absl::StrCat(prefer == Prefer::kLatency ? "among the fastest" : "among the smallest", " of the modes that ",
                   BoundText(advice), ": ", advice.metric, " ", AmountText(choice.value, advice.unit));
  if (choice.behind > 0.0 && std::isfinite(choice.behind)) {
    absl::StrAppend(&text, ", ", PointsText(choice.behind, advice.unit), " behind");
  }
  absl::StrAppend(&text, absl::StrFormat("; %.1f times smaller than float",
                                         static_cast<double>(real.bytes) / static_cast<double>(choice.bytes)));
  if (choice.integer_only) absl::StrAppend(&text, "; no float arithmetic inside");
  return text;
}

// Ranges come of the samples that calibrate. Where activations are quantized at run time each brings its own: what
// that costs is known from the samples that judge alone. Rounding weights to float16 depends on no sample.
bool TooFewSamples(const Recommendation& advice, const ModePreset& mode) {
  if (mode.needs_data) return advice.calibration_samples < kSettlingSamples;
  const bool at_run_time = mode.quantizes && mode.supported_types.empty();
  return at_run_time && advice.judging_samples < kSettlingSamples;
}

// What is said of modes that would do, were there more samples.
std::string FewSamplesText(const Recommendation& advice) {
  std::vector<std::string> modes;
  for (const ModeTrial& trial : advice.modes) {
    if (trial.good_enough && trial.few_samples) modes.push_back(trial.mode);
  }
  if (modes.empty()) return "";
  return absl::StrCat("; ", absl::StrJoin(modes, ", "), " would do on these samples, but ", advice.calibration_samples,
                      " that calibrate and ", advice.judging_samples, " that judge do not settle others: give ",
                      2 * kSettlingSamples, " or more");
}

absl::Status SetBounds(const RecommendOptions& options, const Evaluation& real, Recommendation& advice) {
  const EvaluateOptions& judge = options.judge;
  evaluate::Unit unit = evaluate::Unit::kPlain;
  for (evaluate::Unit one : {evaluate::Unit::kFraction, evaluate::Unit::kDecibels}) {
    if (evaluate::UnitText(one) == advice.unit) unit = one;
  }
  std::string drop = judge.max_drop, limit = judge.limit;
  const bool endless = std::isinf(real.value);
  if (!drop.empty() && endless) {
    return BadOptions(
        absl::StrCat("max_drop of ", advice.metric, ", which is infinite for the float mode; use limit, 30dB say"));
  }
  if (drop.empty() && limit.empty()) {
    if (unit == evaluate::Unit::kPlain)
      return BadOptions(absl::StrCat(advice.metric, " needs max_drop or limit to say what is good enough"));
    if (unit == evaluate::Unit::kFraction) drop = kDefaultPoints;
    if (unit == evaluate::Unit::kDecibels) (endless ? limit : drop) = endless ? kDefaultLimit : kDefaultDecibels;
  }
  auto read = [&](const std::string& text, absl::string_view option, std::optional<double>& value) -> absl::Status {
    if (text.empty()) return absl::OkStatus();
    absl::StatusOr<double> amount = evaluate::ParseAmount(text, unit, option);
    if (!amount.ok()) return BadOptions(std::string(amount.status().message()));
    value = *amount;
    return absl::OkStatus();
  };
  ZP_RETURN_IF_ERROR(read(drop, "max_drop", advice.max_drop));
  return read(limit, "limit", advice.limit);
}

bool GoodEnough(const Recommendation& advice, const ModeTrial& trial) {
  constexpr double kSlack = 1e-9;  // a drop of exactly the bound passes, whatever the rounding of the difference
  if (!trial.tried) return false;
  if (advice.max_drop.has_value() && trial.behind > *advice.max_drop + kSlack) return false;
  return !advice.limit.has_value() || Behind(trial.value, *advice.limit, advice.higher_is_better) <= kSlack;
}

absl::StatusOr<std::vector<const ModePreset*>> ModesToTry(const RecommendOptions& options) {
  for (const std::string& mode : options.modes) {
    if (FindModePreset(mode) != nullptr) continue;
    return BadOptions(absl::StrCat("there is no mode '", mode, "'; there are ",
                                   absl::StrJoin(ModePresets(), ", ", [](std::string* out, const ModePreset& preset) {
                                     absl::StrAppend(out, preset.name);
                                   })));
  }
  std::vector<const ModePreset*> modes;
  for (const ModePreset& preset : ModePresets()) {
    const bool wanted = options.modes.empty() || preset.name == kFloat ||
                        std::find(options.modes.begin(), options.modes.end(), preset.name) != options.modes.end();
    if (wanted) modes.push_back(&preset);
  }
  return modes;
}

absl::StatusOr<Converter> OpenConverter(const ModelSource& source) {
  return source.path.empty() ? Converter::FromTfliteBytes(source.bytes) : Converter::FromPath(source.path);
}

std::string Text(const std::vector<uint8_t>& bytes) { return std::string(bytes.begin(), bytes.end()); }

void Decide(const RecommendOptions& options, Recommendation& advice) {
  const ModeTrial* best = nullptr;
  for (const ModeTrial& trial : advice.modes) {
    if (!trial.tried) continue;
    if (best == nullptr || Behind(trial.value, best->value, advice.higher_is_better) < 0.0) best = &trial;
  }
  advice.best = best->mode;
  const double best_value = best->value;
  for (ModeTrial& trial : advice.modes)
    trial.behind = trial.tried ? Behind(trial.value, best_value, advice.higher_is_better) : 0.0;
  for (ModeTrial& trial : advice.modes) trial.good_enough = GoodEnough(advice, trial);
  MarkPareto(advice.modes);
  const ModeTrial& real = advice.modes.front();
  const bool none = std::none_of(advice.modes.begin(), advice.modes.end(), Eligible);
  const ModeTrial& choice = none ? *std::find_if(advice.modes.begin(), advice.modes.end(),
                                                 [&](const ModeTrial& trial) { return trial.mode == advice.best; })
                                 : Choose(advice.modes, options.prefer);
  advice.recommended = choice.mode;
  advice.reason = none ? absl::StrCat("no mode at all, float included, is good enough: there are none that ",
                                      BoundText(advice), "; this one is the best")
                       : absl::StrCat(Reason(advice, choice, real, options.prefer), FewSamplesText(advice));
}

}  // namespace

absl::StatusOr<Recommendation> Recommend(const ModelSource& model, const RecommendOptions& options) {
  if (options.judge.data.empty()) return BadOptions("there are no samples to run");
  ZP_ASSIGN_OR_RETURN(const std::vector<const ModePreset*> presets, ModesToTry(options));
  ZP_ASSIGN_OR_RETURN(Converter converter, OpenConverter(model));
  // The float mode comes first: it is what others are compared with.
  converter.threads = options.judge.threads;
  ZP_ASSIGN_OR_RETURN(const Conversion plain, converter.Convert());
  ZP_ASSIGN_OR_RETURN(const Runner runner, Runner::FromBytes(Text(plain.model)));
  const bool in_order = runner.HasState() && options.judge.sample_state == SampleState::kCarry;
  absl::StatusOr<Halves> halves = Split(options.judge, in_order);
  if (!halves.ok()) return Annotate(halves.status(), Place::kStage, pipeline::kEvaluateStage);
  const Trials trials(options, *std::move(halves));

  Recommendation advice;
  advice.calibration_samples = trials.halves().calibration.size();
  advice.latency_source = options.judge.run ? absl::StrCat(options.judge.engine, ", 1 thread") : kOwnEngine;
  std::string real;
  for (const ModePreset* preset : presets) {
    ZP_RETURN_IF_ERROR(trials.Report(preset->name, 0, 0));
    ModeTrial trial;
    trial.mode = preset->name;
    trial.few_samples = TooFewSamples(advice, *preset);
    const bool is_float = preset->name == kFloat;
    absl::StatusOr<Conversion> file = trials.Convert(converter, *preset);
    absl::Status refused = file.status();
    if (file.ok()) {
      if (is_float) real = Text(file->model);
      absl::StatusOr<Evaluation> result = trials.Judge(Text(file->model), real, trial);
      refused = result.status();
      if (result.ok() && is_float) {
        advice.metric = result->metric;
        advice.unit = result->unit;
        advice.higher_is_better = result->higher_is_better;
        advice.judging_samples = result->samples;
        ZP_RETURN_IF_ERROR(SetBounds(options, *result, advice));
      }
    }
    if (KindOf(refused) == ErrorKind::kCancelled || (is_float && !refused.ok())) return refused;
    if (!refused.ok()) trial.refusal = DescribeError(refused);
    advice.modes.push_back(std::move(trial));
  }
  Decide(options, advice);
  return advice;
}

namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinity.
Json Number(double value) {
  if (std::isfinite(value)) return value;
  return value > 0 ? "inf" : "-inf";
}

Json Number(const std::optional<double>& value) { return value.has_value() ? Number(*value) : Json(nullptr); }

}  // namespace

std::string Recommendation::ToJson() const {
  Json json = {{"recommended", recommended},
               {"reason", reason},
               {"best", best},
               {"metric", metric},
               {"unit", unit},
               {"higher_is_better", higher_is_better},
               {"max_drop", Number(max_drop)},
               {"limit", Number(limit)},
               {"calibration_samples", calibration_samples},
               {"judging_samples", judging_samples},
               {"latency_source", latency_source}};
  json["modes"] = Json::array();
  for (const ModeTrial& trial : modes) {
    Json one = {{"mode", trial.mode}, {"tried", trial.tried}};
    if (trial.tried) {
      one.update({{"bytes", trial.bytes},
                  {"seconds", trial.seconds},
                  {"value", Number(trial.value)},
                  {"behind", Number(trial.behind)},
                  {"sqnr_db", Number(trial.sqnr_db)},
                  {"cosine", Number(trial.cosine)},
                  {"float_ops", trial.float_ops},
                  {"integer_only", trial.integer_only},
                  {"good_enough", trial.good_enough},
                  {"few_samples", trial.few_samples},
                  {"pareto", trial.pareto}});
    } else {
      one["refusal"] = trial.refusal;
    }
    json["modes"].push_back(std::move(one));
  }
  // Names come from files and may be no UTF-8: replaced, not thrown over.
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace zeropoint
