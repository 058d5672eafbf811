// TensorFlow 1's control flow: Switch sends a tensor one way or the other, Merge takes the one that arrives, and loops
// are circles of nodes between Enter and Exit.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_DATAFLOW_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_DATAFLOW_H_

#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "formats/saved_model/functions.h"

namespace zeropoint::formats::saved_model {

enum class Dataflow { kNone, kSwitch, kMerge, kEnter, kExit, kNextIteration, kLoopCond };
// The forms for references to variables mean the same.
Dataflow DataflowOf(const NodeDef& node);
// The op's name without "Ref".
absl::string_view DataflowName(Dataflow kind);

// Of the two inputs of a Merge, the one that arrives as the predicate is.
struct Choice {
  Source predicate;  // not an identity
  Source if_false, if_true;
};

// Tells which Switch keeps which tensor from arriving, by data and by control edges: a constant in a branch is there by
// a control edge alone. Not thread-safe.
class Deadness {
 public:
  explicit Deadness(Program& program) : program_(program) {}

  // A Merge's data inputs; of a loop's Merge, the one that comes around is told apart.
  struct MergeInputs {
    std::vector<Source> forward, around;
  };
  absl::StatusOr<MergeInputs> InputsOf(const Source& merge) const;

  // kUnimplemented when no predicate tells the inputs apart.
  absl::StatusOr<Choice> ChoiceOf(const Source& merge);

  // The output that `port` is a copy of.
  absl::StatusOr<Source> WithoutIdentities(Source port) const;

 private:
  struct Condition {
    Source predicate;
    bool side = false;
  };
  // Sorted by when they were met; the same input gives the same order.
  using Conditions = std::vector<Condition>;

  static bool Has(const Conditions& conditions, const Condition& wanted);
  // A predicate that the first has on one side, the second on the other; null when there is none.
  static const Condition* Opposite(const Conditions& first, const Conditions& second);

  absl::StatusOr<Conditions> ConditionsOf(const Source& port);
  absl::StatusOr<std::vector<Source>> Needs(const Source& port) const;
  absl::StatusOr<Conditions> Combine(const Source& port, const std::vector<Source>& needs);
  absl::StatusOr<bool> IsOfLoop(const Source& at) const;

  Program& program_;
  std::unordered_map<Source, Conditions, PortHash, PortEqual> known_;
};

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_DATAFLOW_H_
