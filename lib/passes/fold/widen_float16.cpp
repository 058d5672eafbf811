// Before: DEQUANTIZE(c), c a float16 constant
// After:  c in float32
//
// Conditions: c is not quantized. Algebra: every float16 is a float32, so nothing is rounded.
#include <cstring>

#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {

absl::StatusOr<int> WidenFloat16(ir::Graph& graph) {
  return RewriteEach(graph, "DEQUANTIZE", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::ValueId half = graph.node(id).input(0), result = graph.node(id).output();
    if (!IsConstant(graph, half) || graph.value(half).type != ElementType::kFloat16) return false;
    if (graph.value(half).quant.quantized() || graph.value(result).type != ElementType::kFloat32) return false;
    std::vector<float> elements = *ir::FloatElements(graph, half);
    std::vector<uint8_t> buffer(elements.size() * sizeof(float));
    std::memcpy(buffer.data(), elements.data(), buffer.size());
    graph.RemoveNode(id);
    ir::Value& value = graph.value(result);
    value.shape = graph.value(half).shape;
    value.is_constant = true;
    value.data = Bytes::Own(std::move(buffer));
    return true;
  });
}

}  // namespace zeropoint::passes
