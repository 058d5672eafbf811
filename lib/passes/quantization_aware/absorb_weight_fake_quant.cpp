// Before: FAKE_QUANT(c)
// Before: tf.FakeQuantWithMinMaxVarsPerChannel(c, min, max), a range for each slice along the last dimension
// Before: DEQUANTIZE(QUANTIZE(c)), one range or one for each slice
// After:  c on the grid, which remembers its range
//
// Conditions: c, min and max constant. Algebra: the values are the node's results; the range lets the planner quantize
// c with the step that it was trained with. Four or sixteen bits are no steps of an int8 weight, so no range is kept
// then.
#include <cstring>

#include "ir/constants.h"
#include "passes/edit.h"
#include "passes/quantization_aware/absorb.h"
#include "passes/quantization_aware/trained_range.h"

namespace zeropoint::passes {
namespace {

constexpr absl::string_view kPerChannel = "tf.FakeQuantWithMinMaxVarsPerChannel";
constexpr int64_t kWeightBits = 8;

// The elements of a constant and their grids: one, or one for each slice along `axis`.
struct Snapped {
  std::vector<float> elements;
  std::vector<Grid> grids;
  int axis = 0;
};

void SnapAll(const ir::Shape& shape, Snapped& constant) {
  size_t inner = 1;
  for (int i = constant.axis + 1; i < shape.rank(); ++i) inner *= static_cast<size_t>(shape[i]);
  const size_t channels = constant.grids.size();
  for (size_t i = 0; i < constant.elements.size(); ++i) {
    constant.elements[i] = Snap(constant.grids[channels == 1 ? 0 : i / inner % channels], constant.elements[i]);
  }
}

// The node's results become a constant.
void Replace(ir::Graph& graph, ir::NodeId id, ir::ValueId source, Snapped constant, bool keep_range) {
  const ir::ValueId result = graph.node(id).output();
  SnapAll(graph.value(source).shape, constant);
  graph.RemoveNode(id);
  ir::Value& value = graph.value(result);
  value.shape = graph.value(source).shape;
  value.is_constant = true;
  value.data = Bytes::Of(absl::MakeConstSpan(constant.elements));
  if (!keep_range) return;
  std::vector<ir::Range> ranges;
  for (const Grid& grid : constant.grids) ranges.push_back(WeightRange(grid));
  SetTrainedRange(value, ranges, constant.axis);
}

bool IsFloatConstant(const ir::Graph& graph, ir::ValueId id) {
  return IsConstant(graph, id) && graph.value(id).type == ElementType::kFloat32 && graph.value(id).shape.IsStatic();
}

absl::StatusOr<bool> PerTensor(ir::Graph& graph, ir::NodeId id) {
  const ir::Node& node = graph.node(id);
  if (!IsFloatConstant(graph, node.input(0))) return false;
  const int64_t bits = node.attrs().Int("num_bits");
  ZP_ASSIGN_OR_RETURN(const Grid grid, FakeQuantGrid(node.attrs().Float("min"), node.attrs().Float("max"), bits,
                                                     node.attrs().Bool("narrow_range")));
  Replace(graph, id, node.input(0), {*ir::FloatElements(graph, node.input(0)), {grid}, 0}, bits == kWeightBits);
  return true;
}

absl::StatusOr<bool> PerChannel(ir::Graph& graph, ir::NodeId id) {
  const ir::Node& node = graph.node(id);
  for (int i = 0; i < 3; ++i) {
    if (!IsFloatConstant(graph, node.input(i))) return false;
  }
  const ir::Shape& shape = graph.value(node.input(0)).shape;
  const std::vector<float> min = *ir::FloatElements(graph, node.input(1)),
                           max = *ir::FloatElements(graph, node.input(2));
  const int64_t channels = shape.rank() == 0 ? 0 : shape[shape.rank() - 1];
  if (static_cast<int64_t>(min.size()) != channels || min.size() != max.size()) {
    return absl::InvalidArgumentError("one range is needed for each slice along the last dimension");
  }
  const int64_t bits = node.attrs().Int("num_bits");
  Snapped constant{*ir::FloatElements(graph, node.input(0)), {}, shape.rank() - 1};
  for (size_t i = 0; i < min.size(); ++i) {
    ZP_ASSIGN_OR_RETURN(const Grid grid, FakeQuantGrid(min[i], max[i], bits, node.attrs().Bool("narrow_range")));
    constant.grids.push_back(grid);
  }
  if (constant.elements.empty()) return false;
  Replace(graph, id, node.input(0), std::move(constant), bits == kWeightBits);
  return true;
}

struct Integers {
  int64_t low, high;
};

std::optional<Integers> IntegersOf(ElementType type) {
  switch (type) {
    case ElementType::kInt8:
      return Integers{-128, 127};
    case ElementType::kUInt8:
      return Integers{0, 255};
    default:
      return std::nullopt;
  }
}

absl::StatusOr<bool> Pair(ir::Graph& graph, ir::NodeId id) {
  const ir::ValueId quantized = graph.node(id).input(0);
  const ir::NodeId quantize = ProducerOf(graph, quantized, "QUANTIZE");
  if (quantize == ir::kNoNode) return false;
  const ir::ValueId source = graph.node(quantize).input(0);
  const ir::QuantParams quant = graph.value(quantized).quant;
  const std::optional<Integers> integers = IntegersOf(graph.value(quantized).type);
  if (!IsFloatConstant(graph, source) || !quant.quantized() || !integers.has_value()) return false;
  const ir::Shape& shape = graph.value(source).shape;
  const bool fits = quant.scale.size() == 1 || (quant.axis >= 0 && quant.axis < shape.rank() &&
                                                static_cast<size_t>(shape[quant.axis]) == quant.scale.size());
  if (!fits) return absl::InvalidArgumentError("the scales do not fit the shape of the constant");
  Snapped constant{*ir::FloatElements(graph, source), {}, quant.axis};
  for (size_t i = 0; i < quant.scale.size(); ++i) {
    if (!(quant.scale[i] > 0.0f)) return absl::InvalidArgumentError("a scale is not positive");
    constant.grids.push_back({static_cast<double>(quant.scale[i]), quant.zero_point[i], integers->low, integers->high});
  }
  Replace(graph, id, source, std::move(constant), /*keep_range=*/true);
  return true;
}

}  // namespace

absl::StatusOr<int> AbsorbWeightFakeQuant(ir::Graph& graph) {
  auto wanted = [](const ir::Node& node) {
    return node.op() == "FAKE_QUANT" || node.op() == kPerChannel || node.op() == "DEQUANTIZE";
  };
  return RewriteEachIf(graph, wanted, [&](ir::NodeId id) -> absl::StatusOr<bool> {
    const std::string& op = graph.node(id).op();
    if (op == kPerChannel) return PerChannel(graph, id);
    return op == "DEQUANTIZE" ? Pair(graph, id) : PerTensor(graph, id);
  });
}

}  // namespace zeropoint::passes
