#include "evaluate/pairing.h"

#include <algorithm>
#include <map>
#include <string>

#include "ops/op_def.h"

namespace zeropoint::evaluate {
namespace {

bool IsConversion(const ir::Node& node) {
  const ops::OpDef* op = ops::FindOp(node.op());
  return op != nullptr && op->conversion != ops::Conversion::kNone;
}

// QUANTIZE and DEQUANTIZE change how a value is held, not which value it is.
void SpreadOverConversions(const ir::Graph& graph, std::vector<ir::ValueId>& values) {
  const std::vector<ir::NodeId> order = graph.Order();
  const auto at = [&](ir::ValueId id) -> ir::ValueId& { return values[static_cast<size_t>(id)]; };
  for (ir::NodeId id : order) {
    const ir::Node& node = graph.node(id);
    if (IsConversion(node) && at(node.output()) == ir::kNoValue) at(node.output()) = at(node.input(0));
  }
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    const ir::Node& node = graph.node(*id);
    if (IsConversion(node) && at(node.input(0)) == ir::kNoValue) at(node.input(0)) = at(node.output());
  }
}

// The values of a graph that have a name, in order of execution: inputs, then results.
std::map<std::string, std::vector<ir::ValueId>> ByName(const ir::Graph& graph) {
  std::map<std::string, std::vector<ir::ValueId>> names;
  const auto add = [&](ir::ValueId id) {
    if (!graph.value(id).name.empty()) names[graph.value(id).name].push_back(id);
  };
  for (ir::ValueId id : graph.inputs) add(id);
  for (ir::NodeId node : graph.Order()) {
    for (ir::ValueId id : graph.node(node).outputs()) add(id);
  }
  return names;
}

void PairEnds(const std::vector<ir::ValueId>& real, const std::vector<ir::ValueId>& quantized,
              std::vector<ir::ValueId>& values) {
  if (real.size() != quantized.size()) return;
  for (size_t i = 0; i < real.size(); ++i) {
    ir::ValueId& pair = values[static_cast<size_t>(quantized[i])];
    if (pair == ir::kNoValue) pair = real[i];
  }
}

std::vector<ir::ValueId> PairGraphByNames(const ir::Graph& real, const ir::Graph& quantized) {
  std::vector<ir::ValueId> values(static_cast<size_t>(quantized.num_values()), ir::kNoValue);
  const std::map<std::string, std::vector<ir::ValueId>> theirs = ByName(real);
  for (const auto& [name, ids] : ByName(quantized)) {
    const auto found = theirs.find(name);
    if (found == theirs.end()) continue;
    for (size_t i = 0; i < std::min(ids.size(), found->second.size()); ++i) {
      values[static_cast<size_t>(ids[i])] = found->second[i];
    }
  }
  PairEnds(real.inputs, quantized.inputs, values);
  PairEnds(real.outputs, quantized.outputs, values);
  SpreadOverConversions(quantized, values);
  return values;
}

int GraphWithKey(const ir::Model& model, const std::string& key) {
  for (const ir::Signature& signature : model.signatures) {
    if (signature.key == key) return signature.graph;
  }
  return kNoGraph;
}

}  // namespace

int Pairing::QuantizedGraphOf(int real) const {
  const auto found = std::find(graphs.begin(), graphs.end(), real);
  return found == graphs.end() ? kNoGraph : static_cast<int>(found - graphs.begin());
}

Pairing PairByIds(const ir::Model& real, const ir::Model& quantized) {
  Pairing pairing;
  for (size_t g = 0; g < quantized.graphs.size(); ++g) {
    const ir::Graph& graph = quantized.graphs[g];
    std::vector<ir::ValueId> values(static_cast<size_t>(graph.num_values()), ir::kNoValue);
    for (ir::ValueId id = 0; id < real.graphs[g].num_values(); ++id) values[static_cast<size_t>(id)] = id;
    SpreadOverConversions(graph, values);
    pairing.graphs.push_back(static_cast<int>(g));
    pairing.values.push_back(std::move(values));
  }
  return pairing;
}

Pairing PairByNames(const ir::Model& real, const ir::Model& quantized) {
  Pairing pairing;
  pairing.graphs.assign(quantized.graphs.size(), kNoGraph);
  for (const ir::Signature& signature : quantized.signatures) {
    pairing.graphs[static_cast<size_t>(signature.graph)] = GraphWithKey(real, signature.key);
  }
  const bool paired = std::any_of(pairing.graphs.begin(), pairing.graphs.end(), [](int g) { return g != kNoGraph; });
  if (!paired && !real.graphs.empty() && !quantized.graphs.empty()) pairing.graphs[0] = 0;
  for (size_t g = 0; g < quantized.graphs.size(); ++g) {
    const ir::Graph& graph = quantized.graphs[g];
    const int twin = pairing.graphs[g];
    pairing.values.push_back(twin == kNoGraph
                                 ? std::vector<ir::ValueId>(static_cast<size_t>(graph.num_values()), ir::kNoValue)
                                 : PairGraphByNames(real.graphs[static_cast<size_t>(twin)], graph));
  }
  return pairing;
}

ir::NodeId TwinOf(const ir::Graph& real, const ir::Graph& quantized, const Pairing& pairing, int graph, ir::NodeId id) {
  const ir::Node& node = quantized.node(id);
  if (node.outputs().empty()) return ir::kNoNode;
  const ir::ValueId result = pairing.ValueOf(graph, node.output());
  const ir::NodeId twin = result == ir::kNoValue ? ir::kNoNode : real.producer(result);
  if (twin == ir::kNoNode) return ir::kNoNode;
  const ir::Node& other = real.node(twin);
  if (other.op() != node.op() || other.inputs().size() != node.inputs().size() ||
      other.outputs().size() != node.outputs().size()) {
    return ir::kNoNode;
  }
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    if (pairing.ValueOf(graph, node.outputs()[i]) != other.outputs()[i]) return ir::kNoNode;
  }
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    const ir::ValueId mine = node.inputs()[i], theirs = other.inputs()[i];
    if ((mine == ir::kNoValue) != (theirs == ir::kNoValue)) return ir::kNoNode;
    if (mine == ir::kNoValue) continue;
    const bool constants = quantized.value(mine).is_constant && real.value(theirs).is_constant;
    if (!constants && pairing.ValueOf(graph, mine) != theirs) return ir::kNoNode;
  }
  return twin;
}

}  // namespace zeropoint::evaluate
