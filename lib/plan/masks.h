// What attention masks put in the place of minus infinity, and how low integers have to reach for it.
// docs/numerics.md, "Attention masks". Private to lib/plan.
#ifndef ZEROPOINT_PLAN_MASKS_H_
#define ZEROPOINT_PLAN_MASKS_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "ir/graph.h"
#include "ir/statistics.h"
#include "numeric/quantize.h"
#include "plan/planner.h"

namespace zeropoint::plan {

// The values of one graph whose low elements end as zeros of a SOFTMAX, however low they are.
class Masks {
 public:
  // `levels`: integers that the scheme has for what lies between 0 and 1.
  Masks(const Task& task, int levels);

  // The calibrated ranges, those with masks cut off where elements begin to make zeros.
  const ir::Statistics& statistics() const { return statistics_; }
  // The range of a constant's elements and 0; elements that end as zeros count as where they begin to.
  numeric::MinMax RangeWithZero(ir::ValueId constant, absl::Span<const float> elements) const;
  // Why the node stays float: its result is cut off, which only conversion to integers does safely. Empty: it need not.
  std::string FloatReason(ir::NodeId id) const;

 private:
  void Bound(ir::NodeId id);
  std::optional<double> BoundOfUse(ir::NodeId id, int operand) const;
  std::optional<double> BoundOfResults(ir::NodeId id) const;
  std::optional<double> Greatest(ir::ValueId id) const;
  double DistanceToZero(ir::NodeId id, int operand) const;
  void CutRange(ir::ValueId id);

  // Elements below `least` make zeros for all readers; nothing: for some reader they do not.
  struct Limit {
    bool read = false;
    std::optional<double> least;
  };
  const Task& task_;
  const ir::Graph& graph_;
  const int levels_;
  std::vector<Limit> limits_;  // by value
  std::set<ir::ValueId> cut_;
  ir::Statistics statistics_;
};

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_MASKS_H_
