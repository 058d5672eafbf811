// What is never removed as dead.
#ifndef ZEROPOINT_PASSES_CANONICAL_EFFECTS_H_
#define ZEROPOINT_PASSES_CANONICAL_EFFECTS_H_

#include "ir/graph.h"

namespace zeropoint::passes {

// True when running the node may do more than to make its results (remove_dead.cpp).
bool HasEffects(const ir::Node& node);

}  // namespace zeropoint::passes

#endif  // ZEROPOINT_PASSES_CANONICAL_EFFECTS_H_
