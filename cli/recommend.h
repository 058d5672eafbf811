// `zeropoint recommend`.
#ifndef ZEROPOINT_CLI_RECOMMEND_H_
#define ZEROPOINT_CLI_RECOMMEND_H_

#include <string>
#include <vector>

#include "evaluate.h"
#include "exit_code.h"

namespace zeropoint::cli {

struct RecommendCommand {
  std::string model, target;
  std::string prefer = "size";
  std::vector<std::string> modes;  // empty: all
  JudgeOptions judge;
};

// What --prefer may be.
std::vector<std::string> PreferNames();

ExitCode RunRecommend(const RecommendCommand& command);

}  // namespace zeropoint::cli

#endif  // ZEROPOINT_CLI_RECOMMEND_H_
