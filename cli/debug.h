// zeropoint debug
#ifndef ZEROPOINT_CLI_DEBUG_H_
#define ZEROPOINT_CLI_DEBUG_H_

#include <string>

#include "convert.h"
#include "exit_code.h"

namespace zeropoint::cli {

struct DebugCommand {
  ConvertOptions convert;
  std::string evaluation, quantized, json, html;
  int top = 10, samples = 100;
};

ExitCode RunDebug(const DebugCommand& command);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_DEBUG_H_
