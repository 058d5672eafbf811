// Before: DEQUANTIZE(c), c a float16 constant
// After:  c in float32; where the result is a variable and c zero, only the variable, which starts from zero
//
// Conditions: c is not quantized. Algebra: every float16 is a float32, so nothing is rounded. TensorFlow's float16 mode
// writes such variables for the states of an LSTM; a tensor cannot be both variable and constant.
#include <algorithm>
#include <cstring>

#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/fold/fold.h"

namespace zeropoint::passes {

absl::StatusOr<int> WidenFloat16(ir::Graph& graph) {
  return RewriteEach(graph, "DEQUANTIZE", [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const ir::ValueId half = graph.node(id).input(0), result = graph.node(id).output();
    if (!IsConstant(graph, half) || graph.value(half).type != ElementType::kFloat16) return false;
    if (graph.value(half).quant.quantized() || graph.value(result).type != ElementType::kFloat32) return false;
    std::vector<float> elements = *ir::FloatElements(graph, half);
    if (graph.value(result).is_variable) {
      if (!std::all_of(elements.begin(), elements.end(), [](float v) { return v == 0.0f; })) return false;
      graph.RemoveNode(id);
      return true;
    }
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
