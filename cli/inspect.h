// zeropoint inspect
#ifndef ZEROPOINT_CLI_INSPECT_H_
#define ZEROPOINT_CLI_INSPECT_H_

#include <string>

#include "exit_code.h"

namespace zeropoint::cli {

// Operators, tensors, types, scales and sizes of a .tflite on stdout.
ExitCode RunInspect(const std::string& path, bool json);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_INSPECT_H_
