// zeropoint convert
#ifndef ZEROPOINT_CLI_CONVERT_H_
#define ZEROPOINT_CLI_CONVERT_H_

#include <string>
#include <vector>

#include "exit_code.h"

namespace zeropoint::cli {

struct ConvertOptions {
  std::string model, output, data, report;
  std::string mode, recipe;
  std::string input_type = "float32", output_type = "float32";
  std::vector<std::string> signatures, tags;
  std::string calibration = "tensorflow";
  bool steps = false, reset_state = false;
  std::string target, litert;            // empty: the newest LiteRT
  std::string integer_only = "kernels";  // or "rewrite"
  bool fuse_lstm = false;
  bool allow_custom_ops = false;
  int threads = 0;
  bool per_tensor = false, per_tensor_dense = false;
  bool variable_quantization = false;
  bool quiet = false;
  int verbose = 0;  // 1: messages, times, reasons; 2: every pass as well
};

// What --mode, the type options, --calibration and --integer-only may be.
std::vector<std::string> ModeNames();
std::vector<std::string> IoTypeNames();
std::vector<std::string> CalibrationNames();
std::vector<std::string> IntegerOnlyNames();

ExitCode RunConvert(const ConvertOptions& options);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_CONVERT_H_
