// What becomes of every op in every mode.
#ifndef ZEROPOINT_OPS_H_
#define ZEROPOINT_OPS_H_

#include <string>
#include <vector>

namespace zeropoint {

// An op in one mode.
struct OpCoverage {
  bool runs = false;  // in the form that the mode is about; otherwise it stays float, or LiteRT cannot run it at all
  std::string since;  // the release of LiteRT from which on, "1.4"; empty: every release that we know
  std::string condition;  // what else it depends on: "with integer_only_rewrite"; empty: nothing
  std::string reason;     // why not; empty when it runs
};

struct OpSummary {
  std::string op;
  OpCoverage float32, dynamic, int8, int16x8, float16;
  bool calibrates = false;      // the engine can run it, so models that hold it can be calibrated
  std::string integer_rewrite;  // what integer_only_rewrite makes of it where it has no integer kernel; empty: nothing
};

// All builtin ops that we know, by name.
std::vector<OpSummary> SupportedOps();
std::string SupportedOpsMarkdown();
std::string SupportedOpsJson();

}  // namespace zeropoint

#endif  // ZEROPOINT_OPS_H_
