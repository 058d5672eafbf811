// Before: CONV_2D(x, w, b), x float32, w constant int8 with scales (a hybrid op)
// After:  CONV_2D(x, w', b), w' the real values of w in float32
//
// Conditions: w is a weight by the op's record and the op's result is float32. Algebra: w' = scale * (w - zero_point).
// For float16 results: LiteRT has no kernel for int8 weights beside a float16 bias.
#include <map>

#include "ir/constants.h"
#include "numeric/quantize.h"
#include "passes/edit.h"
#include "passes/fold/fold.h"

namespace zeropoint::passes {
namespace {

bool IsQuantizedInt8(const ir::Graph& graph, ir::ValueId id) {
  if (!IsConstant(graph, id)) return false;
  const ir::Value& value = graph.value(id);
  return value.type == ElementType::kInt8 && value.quant.quantized() && value.shape.IsStatic();
}

ir::ValueId AddWidened(ir::Graph& graph, ir::ValueId weight) {
  const ir::Value value = graph.value(weight);
  const ir::QuantParams& quant = value.quant;
  const std::vector<int64_t> integers = *ir::IntElements(graph, weight);
  const bool per_channel = quant.scale.size() > 1;
  const numeric::ChannelLayout layout = numeric::LayoutOf(value.shape.dims(), per_channel ? quant.axis : -1);
  std::vector<float> reals(integers.size());
  for (size_t i = 0; i < reals.size(); ++i) {
    const size_t channel = per_channel ? i / layout.inner % layout.channels : 0;
    reals[i] = static_cast<float>(integers[i] - quant.zero_point[channel]) * quant.scale[channel];
  }
  return graph.AddConstant(value.name, value.shape, absl::MakeConstSpan(reals));
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
      if (op->quant.input(i).role != ops::Role::kWeight || !IsQuantizedInt8(graph, weight)) continue;
      auto known = widened.find(weight);
      if (known == widened.end()) known = widened.emplace(weight, AddWidened(graph, weight)).first;
      graph.SetInput(id, i, known->second);
    }
  }
  return static_cast<int>(widened.size());
}

}  // namespace zeropoint::passes
