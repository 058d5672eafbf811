// zeropoint targets: what --target may be.
#ifndef ZEROPOINT_CLI_TARGETS_H_
#define ZEROPOINT_CLI_TARGETS_H_

#include "exit_code.h"

namespace zeropoint::cli {

ExitCode RunTargets(bool markdown);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_TARGETS_H_
