// What recurrent ops want of the static int8 plan beyond operands and results: states, which last between runs, and
// intermediates, values inside the op. Private to lib/plan; plan.h has AddIntermediates.
#ifndef ZEROPOINT_PLAN_RECURRENT_H_
#define ZEROPOINT_PLAN_RECURRENT_H_

#include <map>
#include <optional>
#include <string>

#include "plan/planner.h"

namespace zeropoint::plan {

// The task's statistics, in which a result and the state that shares its parameters have one range.
ir::Statistics UniteStateRanges(const Task& task);

// Either a form, or the reason why there is none.
struct FormOrReason {
  std::optional<ValuePlan> form;
  std::string reason;
};

// `result` is the form of the result that the state shares, if it shares one.
FormOrReason StateForm(const Task& task, ir::ValueId state, const ops::OperandSpec& spec,
                       const std::optional<ValuePlan>& result);

// The forms of the node's intermediates by position; those that stay float are left out. Not empty: `reason` says why
// the op cannot be integer. `result` is the form of the node's first result, if it has one.
std::map<int, ValuePlan> IntermediateForms(const Task& task, const ir::Node& node, const ops::QuantSpec& spec,
                                           const std::optional<ValuePlan>& result, std::string& reason);

}  // namespace zeropoint::plan

#endif  // ZEROPOINT_PLAN_RECURRENT_H_
