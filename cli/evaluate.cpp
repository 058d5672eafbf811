#include "evaluate.h"

#include <cmath>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "interrupt.h"
#include "progress_bar.h"
#include "samples.h"
#include "zeropoint/evaluate.h"

namespace zeropoint::cli {
namespace {

constexpr double kPercents = 100.0;
constexpr char kZeropoint[] = "zeropoint", kLitert[] = "litert";

std::string Sign(double value) { return value > 0 ? "inf" : "-inf"; }

// "drop 0.30 points", "gain 1.20 dB".
std::string DropText(double drop, const std::string& unit) {
  const char* word = drop < 0 ? "gain" : "drop";
  if (unit == "%") return absl::StrFormat("%s %.2f points", word, std::abs(drop) * kPercents);
  return absl::StrCat(word, " ", AmountText(std::abs(drop), unit));
}

// "top1 91.00 % (float 91.30 %, drop 0.30 points), 1000 samples"
std::string Summary(const Evaluation& result) {
  std::string text = absl::StrCat(result.metric, " ", AmountText(result.value, result.unit));
  if (result.float_value.has_value()) {
    absl::StrAppend(&text, " (float ", AmountText(*result.float_value, result.unit), ", ",
                    DropText(*result.drop, result.unit), ")");
  } else if (!result.outputs.empty()) {
    absl::StrAppend(&text, " against the float model");
  }
  absl::StrAppend(&text, ", ", result.samples, result.samples == 1 ? " sample" : " samples");
  return text;
}

void PrintText(const Evaluation& result) {
  std::printf("%s\n", Summary(result).c_str());
  for (const OutputDistance& one : result.outputs) {
    std::printf("  output %s against float: SQNR %s, cosine %.6f, MSE %.4g, largest error %.4g\n", one.name.c_str(),
                AmountText(one.sqnr_db, "dB").c_str(), one.cosine, one.mse, one.max_error);
  }
}

ExitCode Verdict(const Evaluation& result) {
  if (result.passed) return kSuccess;
  std::string why;
  if (result.max_drop.has_value() && *result.drop > *result.max_drop) {
    why = absl::StrCat("a ", DropText(*result.drop, result.unit), ", where --max-drop allows ",
                       DropText(*result.max_drop, result.unit).substr(sizeof("drop")));
  } else {
    why = absl::StrCat(result.metric, " is ", AmountText(result.value, result.unit), ", where --limit asks for ",
                       AmountText(*result.limit, result.unit));
  }
  std::fprintf(stderr, "zeropoint: error: not good enough: %s\n", why.c_str());
  return kTooBad;
}

}  // namespace

std::vector<std::string> EngineNames() { return {kZeropoint, kLitert}; }

std::string AmountText(double value, const std::string& unit) {
  if (std::isinf(value)) return absl::StrCat(Sign(value), unit.empty() ? "" : " ", unit);
  if (unit == "%") return absl::StrFormat("%.2f %%", value * kPercents);
  if (unit == "dB") return absl::StrFormat("%.2f dB", value);
  return absl::StrFormat("%.6g", value);
}

ExitCode ReadJudge(const JudgeOptions& judge, const std::vector<SignatureInputs>& signatures,
                   EvaluateOptions& options) {
  absl::StatusOr<Samples> samples = LoadSamples(judge.data, signatures, judge.steps, judge.labels);
  if (!samples.ok()) return ReportSamplesError(samples.status(), judge.data);
  if (!judge.labels.empty()) {
    absl::StatusOr<Labels> labels = LoadLabels(judge.labels, judge.data);
    if (!labels.ok()) return ReportSamplesError(labels.status(), judge.labels);
    options.labels = *std::move(labels);
  }
  for (const std::string& warning : samples->warnings) {
    if (!judge.quiet) std::fprintf(stderr, "zeropoint: warning: %s\n", warning.c_str());
  }
  options.data = samples->dataset;
  options.metric = judge.metric;
  options.peak = judge.peak;
  options.threshold = judge.threshold;
  options.signature = judge.signature;
  options.output = judge.output;
  options.max_drop = judge.max_drop;
  options.limit = judge.limit;
  options.sample_state = judge.reset_state ? SampleState::kReset : SampleState::kCarry;
  options.threads = judge.threads;
  options.cancel = &cancel_requested;
  return kSuccess;
}

ExitCode StartEngine(const JudgeOptions& judge, EvaluateOptions& options, std::unique_ptr<LitertEngine>& engine) {
  if (judge.engine != kLitert) return kSuccess;
  absl::StatusOr<std::unique_ptr<LitertEngine>> started = LitertEngine::Start(judge.python);
  if (!started.ok()) return ReportError(started.status());
  engine = *std::move(started);
  options.engine = engine->name();
  options.run = [&engine](uint64_t model, absl::string_view tflite, const SampleView& sample) {
    return engine->Run(model, tflite, sample);
  };
  return kSuccess;
}

ExitCode RunEvaluate(const EvaluateCommand& command) {
  const JudgeOptions& judge = command.judge;
  // For the names of the inputs alone.
  absl::StatusOr<Converter> opened = Converter::FromPath(command.model);
  if (!opened.ok()) return ReportError(opened.status());
  EvaluateOptions options;
  const ExitCode read = ReadJudge(judge, opened->Signatures(), options);
  if (read != kSuccess) return read;
  std::unique_ptr<LitertEngine> litert;
  const ExitCode started = StartEngine(judge, options, litert);
  if (started != kSuccess) return started;
  const CancelOnInterrupt interrupt;
  absl::StatusOr<Evaluation> result = absl::UnknownError("");
  {
    ProgressBar bar(!judge.quiet);
    options.progress = [&bar](const ProgressInfo& now) {
      bar.Update(now);
      return true;
    };
    result = Evaluate(ModelSource::Path(command.model), options,
                      command.float_model.empty() ? ModelSource() : ModelSource::Path(command.float_model));
  }
  if (!result.ok()) return ReportError(result.status());
  if (judge.json) {
    std::printf("%s\n", result->ToJson().c_str());
  } else if (!judge.quiet) {
    PrintText(*result);
  }
  return Verdict(*result);
}

}  // namespace zeropoint::cli
