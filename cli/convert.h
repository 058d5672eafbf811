// zeropoint convert
#ifndef ZEROPOINT_CLI_CONVERT_H_
#define ZEROPOINT_CLI_CONVERT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "exit_code.h"
#include "zeropoint/converter.h"

namespace zeropoint::cli {

struct ConvertOptions {
  std::string model, output, data, report, html;
  std::string mode, recipe;
  std::string input_type = "float32", output_type = "float32";
  std::vector<std::string> signatures, tags;
  std::string calibration = "tensorflow";
  bool steps = false, reset_state = false;
  std::string target, litert;            // empty: the newest LiteRT
  std::string integer_only = "kernels";  // or "rewrite"
  bool no_prove = false;
  bool fuse_lstm = false;
  bool allow_custom_ops = false;
  int threads = 0;
  uint64_t max_memory = 0;  // bytes; 0: no limit
  bool per_tensor = false, per_tensor_dense = false;
  bool variable_quantization = false;
  bool quiet = false;
  bool data_calibrates = true;  // false: --data serves for more
  int verbose = 0;              // 1: messages, times, reasons; 2: every pass as well
};

// What --mode, the type options, --calibration and --integer-only may be.
std::vector<std::string> ModeNames();
std::vector<std::string> IoTypeNames();
std::vector<std::string> CalibrationNames();
std::vector<std::string> IntegerOnlyNames();

// A converter with those options, and its samples. What goes wrong is told; then the result is not kSuccess.
ExitCode MakeConverter(const ConvertOptions& options, std::optional<Converter>& result);
// Writes a text file as a whole or not at all.
absl::Status WriteText(const std::string& path, const std::string& text);
ExitCode RunConvert(const ConvertOptions& options);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_CONVERT_H_
