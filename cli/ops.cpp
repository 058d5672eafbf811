#include "ops.h"

#include <cstdio>
#include <string>

#include "zeropoint/ops.h"

namespace zeropoint::cli {

ExitCode RunOps(bool json) {
  const std::string text = json ? SupportedOpsJson() : SupportedOpsMarkdown();
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kSuccess;
}

}  // namespace zeropoint::cli
