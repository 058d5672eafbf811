// `zeropoint run`.
#ifndef ZEROPOINT_CLI_RUN_H_
#define ZEROPOINT_CLI_RUN_H_

#include <string>

#include "exit_code.h"

namespace zeropoint::cli {

struct RunOptions {
  std::string model, data, output;
  bool steps = false;        // each sample is a sequence
  bool reset_state = false;  // variables start anew with each sample or sequence
  bool tensors = false;      // every tensor that a node computes, not the results alone
};

ExitCode RunModel(const RunOptions& options);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_RUN_H_
