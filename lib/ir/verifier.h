// Checks a graph's invariants.
#ifndef ZEROPOINT_IR_VERIFIER_H_
#define ZEROPOINT_IR_VERIFIER_H_

#include "base/status.h"
#include "ir/graph.h"

namespace zeropoint::ir {

// kInternal naming the first broken invariant, its node and tensor: ids in range, one producer a value, no producer for
// a constant or graph input, operands defined before use, constant data of the size its type and shape need, shapes
// without negative dimensions but kDynamic, quantization as QuantParams promises, signatures that name values.
absl::Status Verify(const Graph& graph);
absl::Status Verify(const Model& model);

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_VERIFIER_H_
