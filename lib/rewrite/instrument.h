// A quantized model that measures itself, as TensorFlow's debug models do.
#ifndef ZEROPOINT_REWRITE_INSTRUMENT_H_
#define ZEROPOINT_REWRITE_INSTRUMENT_H_

#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::rewrite {

// `quantized` with the float form of every quantized node beside it, on the same operands as they were before they were
// brought into the form that the node reads, and a custom op "NumericVerify" that takes the node's result and the float
// one and yields their difference. Nodes that call graphs, keep a state or have side effects stay alone. Values and
// nodes that the float model `real` has must have the same ids in both. The versions of what is added are those of
// `real`.
absl::StatusOr<ir::Model> Instrumented(const ir::Model& real, ir::Model quantized);

}  // namespace zeropoint::rewrite

#endif  // ZEROPOINT_REWRITE_INSTRUMENT_H_
