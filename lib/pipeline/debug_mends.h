// Changes to the recipe that may mend what a tensor suffers from. Private to the debugger.
#ifndef ZEROPOINT_PIPELINE_DEBUG_MENDS_H_
#define ZEROPOINT_PIPELINE_DEBUG_MENDS_H_

#include <set>
#include <string>

#include "nlohmann/json.hpp"
#include "pipeline/debug_view.h"
#include "plan/plan.h"

namespace zeropoint::pipeline {

// A change to the recipe.
struct Mend {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();

  std::string Line() const;  // the rules as JSON, separated by ", "
};

// The ops that read a value, and on through those that have no weights, to the first that mix it with weights.
std::set<ir::NodeId> NodesBehind(const DebugView& view, int g, ir::ValueId real);
// The same and, before it, the op that made the value and those that only moved it on.
std::set<ir::NodeId> NodesAround(const DebugView& view, int g, ir::ValueId real);
// Without rules where no node has a name.
Mend SchemeMend(const DebugView& view, int g, const std::set<ir::NodeId>& nodes, plan::Scheme scheme);
// The range of a tensor, and of those that have their parameters from it.
Mend RangeMend(const DebugView& view, int g, ir::ValueId real, const ir::Range& range);

}  // namespace zeropoint::pipeline

#endif  // ZEROPOINT_PIPELINE_DEBUG_MENDS_H_
