// Before: CONV_2D(x, w, b), x float32, w constant int8 with scales (a hybrid op)
// After:  CONV_2D(x, w', b), w' the real values of w in float32, still carrying w's parameters
//
// Conditions: w is a weight by the op's record, symmetric, and the op's activations are float32. Algebra:
// w' = scale * w, so a planner that meets the parameters can store w again, integer for integer; without this the float
// engine could not run the op for calibration.
#include <map>

#include "ir/constants.h"
#include "numeric/quantize.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace zeropoint::passes {
namespace {

bool IsSymmetricInt8(const ir::Graph& graph, ir::ValueId id) {
  if (!IsConstant(graph, id) || graph.value(id).type != ElementType::kInt8) return false;
  const ir::QuantParams& quant = graph.value(id).quant;
  if (!quant.quantized() || !graph.value(id).shape.IsStatic()) return false;
  for (int64_t zero_point : quant.zero_point) {
    if (zero_point != 0) return false;
  }
  return true;
}

ir::ValueId AddWidened(ir::Graph& graph, ir::ValueId weight) {
  const ir::Value& value = graph.value(weight);
  const std::vector<int64_t> integers = *ir::IntElements(graph, weight);
  const bool per_channel = value.quant.scale.size() > 1;
  const numeric::ChannelLayout layout = numeric::LayoutOf(value.shape.dims(), per_channel ? value.quant.axis : -1);
  std::vector<float> reals(integers.size());
  for (size_t i = 0; i < reals.size(); ++i) {
    const size_t channel = per_channel ? i / layout.inner % layout.channels : 0;
    reals[i] = static_cast<float>(integers[i]) * value.quant.scale[channel];
  }
  ir::Value widened = value;
  widened.type = ElementType::kFloat32;
  widened.data = Bytes::Of(absl::MakeConstSpan(reals));
  return graph.AddValue(std::move(widened));
}

}  // namespace

absl::StatusOr<int> WidenInt8Weights(ir::Graph& graph) {
  std::map<ir::ValueId, ir::ValueId> widened;
  for (ir::NodeId id : graph.Order()) {
    const ops::OpDef* op = ops::FindOp(graph.node(id).op());
    if (op == nullptr || graph.node(id).outputs().empty()) continue;
    if (graph.value(graph.node(id).output()).type != ElementType::kFloat32) continue;
    for (int i = 0; i < static_cast<int>(graph.node(id).inputs().size()); ++i) {
      const ir::ValueId weight = graph.node(id).input(i);
      if (op->quant.input(i).role != ops::Role::kWeight || !IsSymmetricInt8(graph, weight)) continue;
      auto known = widened.find(weight);
      if (known == widened.end()) known = widened.emplace(weight, AddWidened(graph, weight)).first;
      graph.SetInput(id, i, known->second);
    }
  }
  return static_cast<int>(widened.size());
}

}  // namespace zeropoint::passes
