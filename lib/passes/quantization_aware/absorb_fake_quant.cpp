// Before: y = FAKE_QUANT(x)
// Before: y = DEQUANTIZE(QUANTIZE(x)), one scale, read by DEQUANTIZE only
// After:  x, which remembers its range
//
// For the modes that quantize activations: the range was trained, and replaces what calibration would see. Of several
// ranges for one x, their union is kept. Where x only has its elements moved about by an op that nothing else reads
// (RESHAPE, TRANSPOSE), the range belongs to what that op reads: LiteRT gives both one scale.
//
// Conditions: x is no constant, and not both input and output of the graph. Algebra: none; storing x as integers of
// that range is what the node stood for.
#include <algorithm>

#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/quantization_aware/absorb.h"
#include "passes/quantization_aware/trained_range.h"

namespace zeropoint::passes {
namespace {

// What has the elements of `id`, before they were moved about.
ir::ValueId SourceOf(const ir::Graph& graph, ir::ValueId id) {
  for (;;) {
    const ir::NodeId producer = graph.producer(id);
    if (producer == ir::kNoNode) return id;
    const ir::Node& node = graph.node(producer);
    const ops::OpDef* def = ops::FindOp(node.op());
    const bool moves = def != nullptr && def->moves_elements && def->quant.same_scale && node.outputs().size() == 1;
    if (!moves || node.input(0) == ir::kNoValue || SoleReader(graph, node.input(0)) == ir::kNoNode) return id;
    int floats = 0;
    for (ir::ValueId in : node.inputs()) {
      floats += in != ir::kNoValue && graph.value(in).type == ElementType::kFloat32 ? 1 : 0;
    }
    const ir::Value& from = graph.value(node.input(0));
    if (floats != 1 || from.type != ElementType::kFloat32 || from.is_constant || HasTrainedRange(from)) return id;
    id = node.input(0);
  }
}

// Both input and output of the graph, once `node` is gone.
bool WouldPassThrough(const ir::Graph& graph, ir::ValueId x, ir::ValueId y) {
  return graph.IsGraphOutput(y) && (graph.producer(x) == ir::kNoNode || graph.IsGraphOutput(x));
}

void Remember(ir::Graph& graph, ir::ValueId x, ir::Range range) {
  ir::Value& value = graph.value(SourceOf(graph, x));
  if (HasTrainedRange(value)) {
    range = {std::min(range.min, value.quant.min[0]), std::max(range.max, value.quant.max[0])};
  }
  SetTrainedRange(value, {range}, 0);
}

absl::StatusOr<bool> AbsorbNode(ir::Graph& graph, ir::NodeId id) {
  const ir::Node& node = graph.node(id);
  const ir::ValueId x = node.input(0), y = node.output();
  if (IsConstant(graph, x)) return false;
  const bool narrow = node.attrs().Bool("narrow_range");
  ZP_ASSIGN_OR_RETURN(const Grid grid, FakeQuantGrid(node.attrs().Float("min"), node.attrs().Float("max"),
                                                     node.attrs().Int("num_bits"), narrow));
  Remember(graph, x, ActivationRange(grid, narrow));
  if (WouldPassThrough(graph, x, y)) return false;
  Forward(graph, id, {x});
  return true;
}

std::optional<Grid> GridOf(const ir::Value& quantized) {
  if (quantized.quant.scale.size() != 1 || !(quantized.quant.scale[0] > 0.0f)) return std::nullopt;
  Grid grid{static_cast<double>(quantized.quant.scale[0]), quantized.quant.zero_point[0], 0, 0};
  switch (quantized.type) {
    case ElementType::kInt8:
      grid.low = -128, grid.high = 127;
      return grid;
    case ElementType::kUInt8:
      grid.low = 0, grid.high = 255;
      return grid;
    case ElementType::kInt16:
      grid.low = -32767, grid.high = 32767;
      return grid;
    default:
      return std::nullopt;
  }
}

absl::StatusOr<bool> AbsorbPair(ir::Graph& graph, ir::NodeId quantize) {
  const ir::ValueId x = graph.node(quantize).input(0), quantized = graph.node(quantize).output();
  const std::optional<Grid> grid = GridOf(graph.value(quantized));
  if (IsConstant(graph, x) || graph.value(x).type != ElementType::kFloat32 || !grid.has_value()) return false;
  std::vector<ir::NodeId> readers;
  for (const ir::Use& use : graph.uses(quantized)) {
    if (graph.node(use.node).op() != "DEQUANTIZE") return false;
    if (WouldPassThrough(graph, x, graph.node(use.node).output())) return false;
    readers.push_back(use.node);
  }
  if (readers.empty() || graph.IsGraphOutput(quantized)) return false;
  Remember(graph, x, grid->range());
  for (ir::NodeId reader : readers) Forward(graph, reader, {x});
  graph.RemoveNode(quantize);
  return true;
}

bool IsFakeQuant(const ir::Node& node) {
  return node.op() == "FAKE_QUANT" || node.op() == "tf.FakeQuantWithMinMaxArgs" ||
         node.op() == "tf.FakeQuantWithMinMaxVars";
}

// Reads float numbers and writes integers that only go back to float numbers.
bool IsPair(const ir::Graph& graph, const ir::Node& node) {
  if (node.op() != "QUANTIZE" || graph.value(node.input(0)).type != ElementType::kFloat32) return false;
  const auto uses = graph.uses(node.output());
  return !uses.empty() && !graph.IsGraphOutput(node.output()) &&
         std::all_of(uses.begin(), uses.end(),
                     [&](const ir::Use& use) { return graph.node(use.node).op() == "DEQUANTIZE"; });
}

}  // namespace

absl::StatusOr<int> AbsorbFakeQuant(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) { return node.op() == "FAKE_QUANT" || node.op() == "QUANTIZE"; };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) {
    return graph.node(id).op() == "QUANTIZE" ? AbsorbPair(graph, id) : AbsorbNode(graph, id);
  });
}

bool HasTrainedActivations(const ir::Model& model) {
  for (const ir::Graph& graph : model.graphs) {
    for (ir::NodeId id = graph.first(); id != ir::kNoNode; id = graph.next(id)) {
      const ir::Node& node = graph.node(id);
      if (IsFakeQuant(node) || IsPair(graph, node)) return true;
    }
  }
  return false;
}

bool IsTrainedPair(const ir::Graph& graph, ir::ValueId quantized) {
  const ir::NodeId producer = graph.producer(quantized);
  return producer != ir::kNoNode && IsPair(graph, graph.node(producer));
}

}  // namespace zeropoint::passes
