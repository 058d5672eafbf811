// What the command's exit status says; docs/cli.md and --help list the same.
#ifndef ZEROPOINT_CLI_EXIT_CODE_H_
#define ZEROPOINT_CLI_EXIT_CODE_H_

#include <string>

#include "absl/status/status.h"

namespace zeropoint::cli {

enum ExitCode : int {
  kSuccess = 0,
  kUsage = 2,
  kIo = 3,
  kBadModel = 4,
  kBadSamples = 5,
  kNotQuantizable = 6,
  kUnsupported = 7,
  kCancelled = 8,
  kTooBad = 9,
  kInternal = 70,  // EX_SOFTWARE of sysexits.h
};

// The last part of --help.
extern const char kExitCodeHelp[];

ExitCode ExitCodeOf(const absl::Status& status);

// Writes "zeropoint: error: ..." with the place to stderr and returns the exit code.
ExitCode ReportError(const absl::Status& status);

// The same for an error in a file of samples or labels.
ExitCode ReportSamplesError(const absl::Status& status, const std::string& path);

// The text of ReportError without the newline: the place follows the first line of the message.
std::string ErrorText(const absl::Status& status);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_EXIT_CODE_H_
