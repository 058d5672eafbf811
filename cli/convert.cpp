#include "convert.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "progress_bar.h"
#include "samples.h"
#include "zeropoint/converter.h"
#include "zeropoint/modes.h"
#include "zeropoint/report_page.h"

namespace zeropoint::cli {
namespace {

namespace fs = std::filesystem;

// What a recipe departs from when nobody names a mode.
constexpr char kModeOfRecipes[] = "float";
// What --integer-only may be: the kernels that there are, or a rewrite of the ops that have none.
constexpr char kKernels[] = "kernels", kRewrite[] = "rewrite";

constexpr std::pair<const char*, Type> kIoTypes[] = {
    {"float32", Type::kFloat32}, {"int8", Type::kInt8}, {"uint8", Type::kUInt8}, {"int16", Type::kInt16}};

constexpr std::pair<const char*, Calibration> kCalibrations[] = {{"tensorflow", Calibration::kTensorFlow},
                                                                 {"exact", Calibration::kExact}};

Calibration CalibrationNamed(const std::string& name) {
  for (auto [text, calibration] : kCalibrations) {
    if (name == text) return calibration;
  }
  return Calibration::kTensorFlow;  // the option's validator lets no other name through
}

Type IoType(const std::string& name) {
  for (auto [text, type] : kIoTypes) {
    if (name == text) return type;
  }
  return Type::kFloat32;  // the option's validator lets no other name through
}

// Ctrl-C during a conversion: the first asks it to stop, the second ends the program as usual.
std::atomic<Converter*> running{nullptr};
std::atomic<bool> interrupted{false};

extern "C" void OnInterrupt(int) {
  interrupted.store(true);
  if (Converter* converter = running.load()) converter->Cancel();
}

class InterruptGuard {
 public:
  explicit InterruptGuard(Converter& converter) {
    running.store(&converter);
    struct sigaction action {};
    action.sa_handler = OnInterrupt;
    action.sa_flags = SA_RESETHAND;
    ::sigaction(SIGINT, &action, &before_);
  }
  ~InterruptGuard() {
    ::sigaction(SIGINT, &before_, nullptr);
    running.store(nullptr);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction before_ {};
};

// Before minutes of work: that the result can be put where it shall go.
absl::Status CheckWritable(const std::string& path) {
  std::error_code ignored;
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (!fs::is_directory(folder, ignored)) {
    return absl::NotFoundError(absl::StrCat("writing '", path, "': there is no folder '", folder.string(), "'"));
  }
  if (::access(folder.c_str(), W_OK) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("writing '", path, "': folder '", folder.string(), "' is read-only"));
  }
  if (fs::is_directory(path, ignored)) return absl::UnavailableError(absl::StrCat("'", path, "' is a folder"));
  return absl::OkStatus();
}

void Warn(const ConvertOptions& options, const std::string& text) {
  if (!options.quiet) std::fprintf(stderr, "zeropoint: warning: %s\n", text.c_str());
}

std::string HumanSize(uint64_t bytes) {
  constexpr double kKilo = 1000.0;
  if (bytes < 1000) return absl::StrCat(bytes, " B");
  double value = static_cast<double>(bytes) / kKilo;
  return value < kKilo ? absl::StrFormat("%.1f kB", value) : absl::StrFormat("%.2f MB", value / kKilo);
}

// "digits.tflite: int8, 12.3 kB, 9 of 10 operators quantized, 100 samples, 0.41 s"
std::string Summary(const ConvertOptions& options, const Report& report, double seconds) {
  auto quantized = std::count_if(report.ops.begin(), report.ops.end(), [](const OpReport& op) { return op.quantized; });
  std::string text = absl::StrCat(options.output, ": ", report.mode, ", ", HumanSize(report.bytes), ", ", quantized,
                                  " of ", report.ops.size(), " operators quantized");
  if (report.samples > 0) absl::StrAppend(&text, ", ", report.samples, " samples");
  absl::StrAppendFormat(&text, ", %.2f s", seconds);
  return text;
}

void SetOptions(const ConvertOptions& options, const ModePreset& mode, Converter& converter) {
  if (mode.quantizes) converter.optimizations = {Optimize::kDefault};
  converter.target_spec.supported_ops = mode.supported_ops;
  converter.target_spec.supported_types = mode.supported_types;
  converter.inference_input_type = IoType(options.input_type);
  converter.inference_output_type = IoType(options.output_type);
  converter.per_channel = !options.per_tensor;
  converter.per_channel_dense = !options.per_tensor_dense;
  // "dynamic" means float activations, also of a trained model.
  converter.trained_ranges = mode.needs_data || !options.recipe.empty();
  converter.calibration = CalibrationNamed(options.calibration);
  converter.sample_state = options.reset_state ? SampleState::kReset : SampleState::kCarry;
  converter.recipe = options.recipe;
  converter.target = options.target;
  converter.prove_run = !options.no_prove;
  converter.target_litert = options.litert;
  converter.integer_only_rewrite = options.integer_only == kRewrite;
  converter.variable_quantization = options.variable_quantization;
  converter.fuse_lstm = options.fuse_lstm;
  converter.allow_custom_ops = options.allow_custom_ops;
  converter.threads = options.threads;
  converter.max_memory = options.max_memory;
}

ExitCode UsageError(const std::string& text) {
  std::fprintf(stderr, "zeropoint: error: %s\n", text.c_str());
  return kUsage;
}

// The conversion itself, with bar, log and Ctrl-C.
absl::StatusOr<Report> Convert(const ConvertOptions& options, Converter& converter) {
  ProgressBar bar(!options.quiet);
  converter.progress = [&bar](const ProgressInfo& now) {
    bar.Update(now);
    return !interrupted.load();
  };
  converter.log = [&](int severity, absl::string_view text) {
    constexpr const char* kNames[] = {"debug", "info", "warning"};
    constexpr int kWarningSeverity = 2;
    if (options.quiet || severity + options.verbose < kWarningSeverity) return;
    bar.Clear();
    std::fprintf(stderr, "zeropoint: %s: %s\n", kNames[std::clamp(severity, 0, kWarningSeverity)],
                 std::string(text).c_str());
  };
  InterruptGuard guard(converter);
  absl::StatusOr<Report> report = converter.ConvertToFile(options.output);
  converter.progress = nullptr;
  converter.log = nullptr;
  return report;
}

void PrintOutcome(const ConvertOptions& options, const Report& report, double seconds) {
  if (options.quiet || (options.verbose == 0 && ::isatty(STDOUT_FILENO) != 1)) return;
  std::printf("%s\n", Summary(options, report, seconds).c_str());
  if (options.verbose == 0) return;
  for (const StageTime& time : report.times) std::printf("  %-10s %.3f s\n", time.stage.c_str(), time.seconds);
  for (const OpReport& op : report.ops) {
    if (!op.reason.empty())
      std::printf("  %s '%s' stays float: %s\n", op.op.c_str(), op.name.c_str(), op.reason.c_str());
  }
}

absl::Status CheckOutputs(const ConvertOptions& options) {
  absl::Status output = CheckWritable(options.output);
  if (output.ok() && !options.report.empty() && options.report != "-") output = CheckWritable(options.report);
  if (!output.ok() || options.html.empty()) return output;
  // Known before the work is done.
  if (!HasReportPage()) return ReportPage("").status();
  return CheckWritable(options.html);
}

}  // namespace

std::vector<std::string> ModeNames() {
  std::vector<std::string> names;
  for (const ModePreset& mode : ModePresets()) names.push_back(mode.name);
  return names;
}

std::vector<std::string> IoTypeNames() {
  std::vector<std::string> names;
  for (auto [name, type] : kIoTypes) names.push_back(name);
  return names;
}

std::vector<std::string> CalibrationNames() {
  std::vector<std::string> names;
  for (auto [name, calibration] : kCalibrations) names.push_back(name);
  return names;
}

std::vector<std::string> IntegerOnlyNames() { return {kKernels, kRewrite}; }

absl::Status WriteText(const std::string& path, const std::string& text) {
  std::string temporary = absl::StrCat(path, ".", ::getpid(), ".part");
  std::ofstream file(temporary, std::ios::binary);
  file << text;
  file.close();
  std::error_code error;
  if (file) {
    fs::rename(temporary, path, error);
    if (!error) return absl::OkStatus();
  }
  fs::remove(temporary, error);
  return absl::UnavailableError(absl::StrCat("writing '", path, "' did not succeed"));
}

ExitCode MakeConverter(const ConvertOptions& options, std::optional<Converter>& result) {
  const bool has_recipe = !options.recipe.empty();
  if (options.mode.empty() && !has_recipe)
    return UsageError("--mode is required, or a --recipe that says how to quantize");
  const ModePreset* mode = FindModePreset(options.mode.empty() ? kModeOfRecipes : options.mode);
  if (mode == nullptr) return UsageError(absl::StrCat("there is no mode '", options.mode, "'"));
  // LiteRT's options have no word for this: with samples, the same ones mean int8.
  if (has_recipe && options.mode == "dynamic" && !options.data.empty()) {
    return UsageError("--mode dynamic beside --data: let the recipe say \"mode\": \"dynamic\" instead");
  }
  absl::StatusOr<Converter> converter = Converter::FromPath(options.model, {options.signatures, options.tags});
  if (!converter.ok()) return ReportError(converter.status());
  const bool wants_data = mode->needs_data && !has_recipe && options.data.empty();
  if (wants_data && !converter->HasTrainedRanges()) {
    return UsageError(absl::StrCat("mode ", mode->name, " needs --data: samples that show which values occur"));
  }
  SetOptions(options, *mode, *converter);
  if (!options.data.empty() && (mode->needs_data || has_recipe)) {
    absl::StatusOr<Samples> samples = LoadSamples(options.data, converter->Signatures(), options.steps);
    if (!samples.ok()) return ReportSamplesError(samples.status(), options.data);
    for (const std::string& warning : samples->warnings) Warn(options, warning);
    converter->representative_dataset = samples->dataset;
  } else if (!options.data.empty() && options.data_calibrates) {
    Warn(options, absl::StrCat("--data has no effect in mode ", mode->name));
  }
  result = *std::move(converter);
  return kSuccess;
}

ExitCode RunConvert(const ConvertOptions& options) {
  auto began = std::chrono::steady_clock::now();
  absl::Status outputs = CheckOutputs(options);
  if (!outputs.ok()) return ReportError(outputs);
  std::optional<Converter> converter;
  const ExitCode opened = MakeConverter(options, converter);
  if (opened != kSuccess) return opened;

  absl::StatusOr<Report> report = Convert(options, *converter);
  if (!report.ok()) return ReportError(report.status());
  if (options.report == "-") {
    std::printf("%s\n", report->ToJson().c_str());
  } else if (!options.report.empty()) {
    absl::Status written = WriteText(options.report, report->ToJson() + "\n");
    if (!written.ok()) return ReportError(written);
  }
  if (!options.html.empty()) {
    absl::Status written = WriteReportPage(report->ToJson(), options.html);
    if (!written.ok()) return ReportError(written);
  }
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  if (options.report != "-") PrintOutcome(options, *report, seconds.count());
  return kSuccess;
}

}  // namespace zeropoint::cli
