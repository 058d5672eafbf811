#include "debug.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "samples.h"
#include "zeropoint/debug.h"
#include "zeropoint/report_page.h"

namespace zeropoint::cli {
namespace {

// The modes whose conversion reads no samples are measured on those of --data all the same.
constexpr char kDefaultMode[] = "int8";

absl::StatusOr<Samples> Load(const std::string& path, const Converter& converter, bool steps, bool quiet) {
  absl::StatusOr<Samples> samples = LoadSamples(path, converter.Signatures(), steps);
  if (!samples.ok()) return samples;
  for (const std::string& warning : samples->warnings) {
    if (!quiet) std::fprintf(stderr, "zeropoint: warning: %s\n", warning.c_str());
  }
  return samples;
}

}  // namespace

ExitCode RunDebug(const DebugCommand& command) {
  // Known before the work is done.
  if (!command.html.empty() && !HasReportPage()) return ReportError(ReportPage("").status());
  ConvertOptions convert = command.convert;
  convert.data_calibrates = false;
  if (convert.mode.empty() && convert.recipe.empty()) convert.mode = kDefaultMode;
  std::optional<Converter> converter;
  const ExitCode opened = MakeConverter(convert, converter);
  if (opened != kSuccess) return opened;
  DebugOptions options;
  options.path = convert.model;
  options.quantized_path = command.quantized;
  options.costed_ops = command.top;
  options.max_samples = command.samples;
  const std::string data = !command.evaluation.empty()                 ? command.evaluation
                           : converter->representative_dataset.empty() ? convert.data
                                                                       : std::string();
  if (!data.empty()) {
    absl::StatusOr<Samples> samples = Load(data, *converter, convert.steps, convert.quiet);
    if (!samples.ok()) {
      std::fprintf(stderr, "zeropoint: error: %s (file %s)\n", std::string(samples.status().message()).c_str(),
                   data.c_str());
      return ExitCodeOf(samples.status()) == kIo ? kIo : kBadSamples;
    }
    options.evaluation_dataset = samples->dataset;
  }
  absl::StatusOr<DebugReport> report = Debug(*converter, options);
  if (!report.ok()) return ReportError(report.status());
  if (!command.html.empty()) {
    absl::Status written = WriteReportPage(report->ToJson(), command.html);
    if (!written.ok()) return ReportError(written);
  }
  if (command.json == "-") {
    std::printf("%s\n", report->ToJson().c_str());
    return kSuccess;
  }
  if (!command.json.empty()) {
    absl::Status written = WriteText(command.json, report->ToJson() + "\n");
    if (!written.ok()) return ReportError(written);
  }
  std::printf("%s", report->ToText(command.top).c_str());
  return kSuccess;
}

}  // namespace zeropoint::cli
