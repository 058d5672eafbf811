#include "recommend.h"

#include <cmath>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "interrupt.h"
#include "litert_engine.h"
#include "progress_bar.h"
#include "zeropoint/recommend.h"

namespace zeropoint::cli {
namespace {

constexpr char kSize[] = "size", kLatency[] = "latency";
constexpr double kKilo = 1000.0;

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string Marks(const Recommendation& advice, const ModeTrial& trial) {
  std::string marks = trial.pareto ? "Pareto" : "";
  if (!trial.good_enough) absl::StrAppend(&marks, marks.empty() ? "" : ", ", "not good enough");
  if (trial.good_enough && trial.few_samples) absl::StrAppend(&marks, marks.empty() ? "" : ", ", "too few samples");
  if (trial.mode == advice.recommended) absl::StrAppend(&marks, marks.empty() ? "" : ", ", "<- recommended");
  return marks;
}

void PrintRow(const Recommendation& advice, const ModeTrial& trial) {
  if (!trial.tried) {
    std::printf("%-17s refused: %s\n", trial.mode.c_str(), FirstLine(trial.refusal).c_str());
    return;
  }
  const std::string inside = trial.integer_only ? "only" : absl::StrFormat("%d float ops", trial.float_ops);
  std::printf("%-17s %10s %9.3f ms %12s %12s %9.6f  %-14s %s\n", trial.mode.c_str(),
              absl::StrFormat("%.1f kB", static_cast<double>(trial.bytes) / kKilo).c_str(), trial.seconds * kKilo,
              AmountText(trial.value, advice.unit).c_str(), AmountText(trial.sqnr_db, "dB").c_str(), trial.cosine,
              inside.c_str(), Marks(advice, trial).c_str());
}

void PrintText(const Recommendation& advice) {
  std::printf("%-17s %10s %12s %12s %12s %9s  %-14s\n", "mode", "size", "latency", advice.metric.c_str(), "SQNR",
              "cosine", "integers");
  for (const ModeTrial& trial : advice.modes) PrintRow(advice, trial);
  std::printf("\n%llu samples calibrated, %llu others judged. Latency: %s.\n",
              static_cast<unsigned long long>(advice.calibration_samples),
              static_cast<unsigned long long>(advice.judging_samples), advice.latency_source.c_str());
  std::printf("Pareto: no other mode is as good in size, latency and %s, and better in one.\n", advice.metric.c_str());
  std::printf("\nRecommended: %s, %s.\n", advice.recommended.c_str(), advice.reason.c_str());
}

}  // namespace

std::vector<std::string> PreferNames() { return {kSize, kLatency}; }

ExitCode RunRecommend(const RecommendCommand& command) {
  const JudgeOptions& judge = command.judge;
  absl::StatusOr<Converter> opened = Converter::FromPath(command.model);
  if (!opened.ok()) return ReportError(opened.status());
  RecommendOptions options;
  const ExitCode read = ReadJudge(judge, opened->Signatures(), options.judge);
  if (read != kSuccess) return read;
  options.modes = command.modes;
  options.prefer = command.prefer == kLatency ? Prefer::kLatency : Prefer::kSize;
  options.convert.target = command.target;
  std::unique_ptr<LitertEngine> litert;
  const ExitCode started = StartEngine(judge, options.judge, litert);
  if (started != kSuccess) return started;
  const CancelOnInterrupt interrupt;
  absl::StatusOr<Recommendation> advice = absl::UnknownError("");
  {
    ProgressBar bar(!judge.quiet);
    options.judge.progress = [&bar](const ProgressInfo& now) {
      bar.Update(now);
      return true;
    };
    advice = Recommend(ModelSource::Path(command.model), options);
  }
  if (!advice.ok()) return ReportError(advice.status());
  if (judge.json) {
    std::printf("%s\n", advice->ToJson().c_str());
  } else if (!judge.quiet) {
    PrintText(*advice);
  }
  return kSuccess;
}

}  // namespace zeropoint::cli
