// Holds a finished model against a target.
#ifndef ZEROPOINT_TARGETS_CHECK_H_
#define ZEROPOINT_TARGETS_CHECK_H_

#include <string>
#include <vector>

#include "ir/graph.h"
#include "targets/target.h"

namespace zeropoint::targets {

// An op that is not as the target wants it.
struct Finding {
  std::string op, name;
  std::string why;
  std::string mend;  // what helps; empty when nothing is known to
};
// "CONV_2D 'name': why; mend"
std::string Describe(const Finding& finding);

struct Findings {
  std::vector<Finding> missing;   // no kernel: the model does not run
  std::vector<Finding> refused;   // the accelerator's compiler takes no model with it
  std::vector<Finding> unmapped;  // left to the runtime beside the accelerator
  int ops = 0;                    // of all graphs

  int mapped() const { return ops - static_cast<int>(unmapped.size()); }
  bool runs() const { return missing.empty() && refused.empty(); }
};

// In order of execution, graph by graph. Custom ops are the application's, which brings their kernels.
Findings CheckModel(const ir::Model& model, const Target& target);

}  // namespace zeropoint::targets

#endif  // ZEROPOINT_TARGETS_CHECK_H_
