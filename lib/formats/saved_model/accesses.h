// The order in which nodes use variables that change.
#ifndef ZEROPOINT_FORMATS_SAVED_MODEL_ACCESSES_H_
#define ZEROPOINT_FORMATS_SAVED_MODEL_ACCESSES_H_

#include <vector>

#include "base/status.h"
#include "formats/saved_model/functions.h"
#include "formats/saved_model/variables.h"

namespace zeropoint::formats::saved_model {

// The variable among `changed` that the node uses by an input of its own; null when there is none. What only hands a
// handle on or asks for the shape does not count.
absl::StatusOr<const NodeDef*> ChangedVariableOf(Program& program, const AssignedVariables& changed, Frame& frame,
                                                 const NodeDef& node);

// The nodes that use one of the variables `changed`, in an order in which TensorFlow may run them: behind all that they
// wait for by data or control edges, across calls. A node of control flow whose branches use one counts as one.
// `roots`: nodes whose execution is asked for, all of one graph; those of a function's body are all of them.
absl::StatusOr<std::vector<Source>> OrderedAccesses(Program& program, const AssignedVariables& changed,
                                                    const std::vector<Source>& roots);

}  // namespace zeropoint::formats::saved_model

#endif  // ZEROPOINT_FORMATS_SAVED_MODEL_ACCESSES_H_
