// Where an unknown dimension of a value comes from.
#ifndef ZEROPOINT_PASSES_LISTS_DIMENSIONS_H_
#define ZEROPOINT_PASSES_LISTS_DIMENSIONS_H_

#include <optional>
#include <set>
#include <vector>

#include "ir/graph.h"
#include "passes/lists/list_classes.h"

namespace zeropoint::passes::lists {

// A number that is known, or dimension `axis` of a value.
struct Dimension {
  int64_t known = ir::kDynamic;
  ir::ValueId value = ir::kNoValue;
  int axis = 0;
};

// Dimension `axis` of the value as graph `home` may compute it before it calls, through loops and branches, the graph
// that has the value. Inputs among `not_these` do not count: their shape is what is asked for. Nothing when the
// dimension does not follow from one of the inputs', or not before all ops have their LiteRT form.
std::optional<Dimension> TraceDimension(const ir::Model& model, absl::Span<const CallSite> sites,
                                        const std::set<Port>& not_these, Port at, int axis, int home);

}  // namespace zeropoint::passes::lists

#endif  // ZEROPOINT_PASSES_LISTS_DIMENSIONS_H_
