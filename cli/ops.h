// zeropoint ops
#ifndef ZEROPOINT_CLI_OPS_H_
#define ZEROPOINT_CLI_OPS_H_

#include "exit_code.h"

namespace zeropoint::cli {

ExitCode RunOps(bool json);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_OPS_H_
