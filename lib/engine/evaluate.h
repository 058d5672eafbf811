// Calls an op's kernel once, on memory of its own.
#ifndef ZEROPOINT_ENGINE_EVALUATE_H_
#define ZEROPOINT_ENGINE_EVALUATE_H_

#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "base/status.h"
#include "engine/buffer.h"
#include "engine/inference.h"
#include "ir/graph.h"
#include "ops/op_def.h"

namespace zeropoint::engine {

// Bytes of a tensor; kResourceExhausted when no memory could hold it, kInvalidArgument when the shape is not static,
// kUnimplemented for strings.
absl::StatusOr<size_t> TensorBytes(ElementType type, const ir::Shape& shape);

// True when a pointer is good for elements of the type.
bool IsAligned(const void* data, ElementType type);

// Runs `op` on operands that are all known; `results` have static shapes. One buffer for each result.
absl::StatusOr<std::vector<std::shared_ptr<Buffer>>> EvaluateKnown(const ir::Graph& graph, ir::NodeId node,
                                                                   const ops::OpDef& op,
                                                                   absl::Span<const Operand> operands,
                                                                   absl::Span<const Facts> results);

}  // namespace zeropoint::engine

#endif  // ZEROPOINT_ENGINE_EVALUATE_H_
