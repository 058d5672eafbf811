// The ops that multiply with a constant filter and add a bias.
#include "passes/fuse/weighted.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/scratch.h"
#include "ir/constants.h"
#include "ops/op_def.h"
#include "passes/edit.h"
#include "passes/quantization_aware/trained_range.h"

namespace zeropoint::passes {
namespace {

constexpr Weighted kForms[] = {
    {"CONV_2D", 0, 1, 2, 0, 3},
    {"DEPTHWISE_CONV_2D", 0, 1, 2, 3, -1},
    {"FULLY_CONNECTED", 0, 1, 2, 0, 1},
    {"TRANSPOSE_CONV", 2, 1, 3, 0, 3},
};

constexpr absl::string_view kActivation = "fused_activation_function";

// The trained range of weights whose slices along `axis` were scaled; none where a factor is not one range's own.
ir::QuantParams ScaledRange(const ir::Value& weights, int axis, int channel_axis, absl::Span<const float> factors) {
  if (!HasTrainedRange(weights)) return {};
  ir::QuantParams quant = weights.quant;
  const bool uniform =
      std::all_of(factors.begin(), factors.end(), [&](float f) { return std::fabs(f) == std::fabs(factors[0]); });
  if (!uniform) {
    if (axis != channel_axis || (quant.min.size() > 1 && quant.axis != axis)) return {};
    quant.axis = axis;
    if (quant.min.size() == 1) {
      quant.min.resize(factors.size(), quant.min[0]);
      quant.max.resize(factors.size(), quant.max[0]);
    }
    if (quant.min.size() != factors.size()) return {};
  }
  for (size_t i = 0; i < quant.min.size(); ++i) {
    const float factor = std::fabs(factors[uniform ? 0 : i]);
    quant.min[i] *= factor;
    quant.max[i] *= factor;
  }
  return quant;
}

}  // namespace

const Weighted* FindWeighted(absl::string_view op) {
  for (const Weighted& form : kForms) {
    if (form.op == op) return &form;
  }
  return nullptr;
}

std::optional<int64_t> OutputChannels(const ir::Graph& graph, const ir::Node& node, const Weighted& form) {
  const ir::Shape& shape = graph.value(node.input(form.weights)).shape;
  if (!shape.ranked() || shape.rank() <= form.channel_axis || shape[form.channel_axis] == ir::kDynamic) {
    return std::nullopt;
  }
  return shape[form.channel_axis];
}

std::optional<std::vector<float>> PerChannel(const ir::Graph& graph, ir::ValueId constant, int64_t channels) {
  if (!IsConstant(graph, constant) || graph.value(constant).type != ElementType::kFloat32) return std::nullopt;
  // Looked at before the elements are read, so that a large constant is not copied for nothing.
  const ir::Shape& shape = graph.value(constant).shape;
  const int64_t count = shape.NumElements();
  const bool one_each = count == channels && shape.rank() >= 1 && shape[shape.rank() - 1] == channels;
  if (count != 1 && !one_each) return std::nullopt;
  std::vector<float> elements = *ir::FloatElements(graph, constant);
  if (count == 1) elements.assign(static_cast<size_t>(channels), elements[0]);
  return elements;
}

std::optional<std::vector<float>> Bias(const ir::Graph& graph, const ir::Node& node, const Weighted& form) {
  const ir::ValueId bias = node.input(form.bias);
  if (bias == ir::kNoValue) return std::vector<float>{};
  if (graph.value(bias).type != ElementType::kFloat32) return std::nullopt;
  return ir::FloatElements(graph, bias);
}

void SetBias(ir::Graph& graph, ir::NodeId node, const Weighted& form, absl::Span<const float> bias,
             const std::string& name) {
  std::vector<ir::ValueId> inputs(graph.node(node).inputs().begin(), graph.node(node).inputs().end());
  inputs.resize(static_cast<size_t>(form.bias) + 1, ir::kNoValue);
  inputs[static_cast<size_t>(form.bias)] = AddFloats(graph, name, ir::Shape{static_cast<int64_t>(bias.size())}, bias);
  graph.SetInputs(node, std::move(inputs));
}

void ScaleWeights(ir::Graph& graph, ir::NodeId node, const Weighted& form, int axis, absl::Span<const float> factors) {
  const ir::ValueId old = graph.node(node).input(form.weights);
  const ir::Shape shape = graph.value(old).shape;
  const size_t bytes = graph.value(old).data.size();
  const std::shared_ptr<uint8_t> memory = ScratchMemory(bytes);
  if (bytes > 0) std::memcpy(memory.get(), graph.value(old).data.data(), bytes);
  const absl::Span<float> weights(reinterpret_cast<float*>(memory.get()), bytes / sizeof(float));
  size_t inner = 1;  // elements between two steps along `axis`
  for (int i = axis + 1; i < shape.rank(); ++i) inner *= static_cast<size_t>(shape[i]);
  // Runs of one factor where there are such, so that the compiler can use whole vectors.
  for (size_t at = 0; at < weights.size();) {
    if (inner == 1) {
      for (size_t channel = 0; channel < factors.size(); ++channel) weights[at++] *= factors[channel];
      continue;
    }
    for (const float factor : factors) {
      for (size_t i = 0; i < inner; ++i) weights[at + i] *= factor;
      at += inner;
    }
  }
  ir::QuantParams trained = ScaledRange(graph.value(old), axis, form.channel_axis, factors);
  const ir::ValueId scaled =
      graph.AddConstant(graph.value(old).name, ElementType::kFloat32, shape, Bytes(memory, memory.get(), bytes));
  graph.value(scaled).quant = std::move(trained);
  graph.SetInput(node, form.weights, scaled);
}

ir::NodeId WeightedBefore(const ir::Graph& graph, ir::NodeId follower) {
  const ir::ValueId in = graph.node(follower).input(0);
  if (in == ir::kNoValue || SoleReader(graph, in) == ir::kNoNode) return ir::kNoNode;
  const ir::NodeId node = graph.producer(in);
  if (node == ir::kNoNode || FindWeighted(graph.node(node).op()) == nullptr) return ir::kNoNode;
  return graph.node(node).attrs().Int(kActivation) == 0 ? node : ir::kNoNode;
}

void TakeOverResult(ir::Graph& graph, ir::NodeId node, ir::NodeId follower) {
  const ir::ValueId result = graph.node(follower).output();
  graph.RemoveNode(follower);
  graph.SetOutputs(node, {result});
}

bool MoveActivation(ir::Graph& graph, ir::NodeId from, ir::NodeId to) {
  const int64_t activation = graph.node(from).attrs().Int(kActivation);
  if (activation == 0) return true;
  const ops::OpDef* def = ops::FindOp(graph.node(to).op());
  if (def == nullptr || !def->absorbs_activation) return false;
  graph.node(to).info.attrs.Set(kActivation, activation);
  return true;
}

}  // namespace zeropoint::passes
