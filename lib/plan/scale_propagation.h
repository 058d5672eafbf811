// Which int8 parameters each float value of a graph gets: calibrated ranges, spread by the ops' constraints.
// docs/numerics.md, "Propagation", tells the rules and the reasons for their order. Private to lib/plan.
#ifndef ZEROPOINT_PLAN_SCALE_PROPAGATION_H_
#define ZEROPOINT_PLAN_SCALE_PROPAGATION_H_

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "numeric/quantize.h"
#include "plan/planner.h"

namespace zeropoint::plan {

class ScalePropagation {
 public:
  explicit ScalePropagation(const Task& task);

  // What the value is quantized with; nothing when no parameters reach it. For run-time values.
  std::optional<numeric::Affine> Stored(ir::ValueId id) const;
  // What a node reads the operand with: Stored, or the result of a requantization. Also for constant operands whose
  // parameters come from their op's constraint (nothing for other constants).
  std::optional<numeric::Affine> Read(ir::NodeId node, int operand) const;

 private:
  struct State {
    std::optional<numeric::Affine> params;
    bool calibrated = false;                                        // from a range of its own, which nothing overrides
    std::optional<numeric::Affine> all_readers;                     // requantized for everyone
    std::map<std::pair<ir::NodeId, int>, numeric::Affine> readers;  // requantized for one
  };

  std::set<ir::ValueId> ValuesWithOwnRange() const;
  bool WouldCutForOthers(ir::ValueId operand, ir::ValueId result) const;
  void Propagate();
  std::optional<numeric::Affine> SharedParams(ir::NodeId id);
  void SetOperand(ir::NodeId id, int operand, const numeric::Affine& params);
  void SetResult(ir::ValueId id, const numeric::Affine& params);
  State& OperandState(ir::NodeId id, int operand);
  // The value passes through a QUANTIZE once it has parameters.
  bool CanQuantize(ir::ValueId id) const;
  void MergeTrivialRequantizations();

  const Task& task_;
  const ir::Graph& graph_;
  std::vector<State> states_;  // by value
  std::map<std::pair<ir::NodeId, int>, State> constants_;
  std::vector<ir::NodeId> stack_;
  std::set<ir::NodeId> done_;
};

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_SCALE_PROPAGATION_H_
