#include "pipeline/samples.h"

#include <utility>

namespace zeropoint::pipeline {
namespace {

InputInfo Describe(const ir::Graph& graph, const std::string& name, ir::ValueId id) {
  const ir::Value& value = graph.value(id);
  InputInfo info{
      name, static_cast<Type>(value.type), {value.shape.dims().begin(), value.shape.dims().end()}, value.name};
  if (value.quant.scale.size() == 1) {
    info.scale = value.quant.scale[0];
    info.zero_point = value.quant.zero_point.empty() ? 0 : value.quant.zero_point[0];
  }
  return info;
}

}  // namespace

std::vector<SignatureInputs> SignaturesOf(const ir::Model& model) {
  std::vector<SignatureInputs> result;
  for (const ir::Signature& signature : model.signatures) {
    SignatureInputs one;
    one.key = signature.key;
    const ir::Graph& graph = model.graphs[static_cast<size_t>(signature.graph)];
    for (const ir::NamedValue& input : signature.inputs) one.inputs.push_back(Describe(graph, input.name, input.value));
    for (const ir::NamedValue& output : signature.outputs) one.outputs.push_back(output.name);
    result.push_back(std::move(one));
  }
  if (result.empty() && !model.graphs.empty()) {
    const ir::Graph& graph = model.graphs[0];
    SignatureInputs one;
    for (ir::ValueId id : graph.inputs) one.inputs.push_back(Describe(graph, graph.value(id).name, id));
    for (ir::ValueId id : graph.outputs) one.outputs.push_back(graph.value(id).name);
    result.push_back(std::move(one));
  }
  return result;
}

calibrate::Sample ToSample(const SampleView& view) {
  calibrate::Sample sample;
  sample.signature = view.signature;
  sample.continues = view.continues;
  for (const TensorView& tensor : view.tensors) {
    const auto* data = static_cast<const uint8_t*>(tensor.data);
    sample.tensors.push_back({tensor.name, static_cast<ElementType>(tensor.type), ir::Shape(tensor.shape),
                              Bytes::Own(std::vector<uint8_t>(data, data + tensor.bytes))});
  }
  return sample;
}

StoredSample Store(const SampleView& sample) {
  StoredSample stored;
  stored.view = sample;
  for (TensorView& tensor : stored.view.tensors) {
    const auto* first = static_cast<const uint8_t*>(tensor.data);
    stored.storage.emplace_back(first, first + tensor.bytes);
    tensor.data = stored.storage.back().data();
  }
  return stored;
}

}  // namespace zeropoint::pipeline
