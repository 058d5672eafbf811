// What a model may be meant for: ConverterOptions::target.
#ifndef ZEROPOINT_TARGETS_H_
#define ZEROPOINT_TARGETS_H_

#include <string>
#include <vector>

namespace zeropoint {

struct TargetSummary {
  std::string name;   // "tflm"
  std::string title;  // "LiteRT for Microcontrollers"
  std::string rest;   // accelerators: the target whose kernels run what they leave; empty: a runtime
};

// LiteRT's releases, oldest first, then the others: runtimes before accelerators, each by name.
std::vector<TargetSummary> Targets();
// What each one runs, and the source of that knowledge.
std::string TargetsMarkdown();

}  // namespace zeropoint

#endif  // ZEROPOINT_TARGETS_H_
