#include "targets.h"

#include <cstdio>
#include <string>

#include "zeropoint/targets.h"

namespace zeropoint::cli {

ExitCode RunTargets(bool markdown) {
  if (markdown) {
    const std::string text = TargetsMarkdown();
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kSuccess;
  }
  for (const TargetSummary& target : Targets()) {
    std::printf("%-12s %s%s%s\n", target.name.c_str(), target.title.c_str(),
                target.rest.empty() ? "" : ", the rest on ", target.rest.c_str());
  }
  return kSuccess;
}

}  // namespace zeropoint::cli
