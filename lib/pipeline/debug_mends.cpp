#include "pipeline/debug_mends.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/op_def.h"
#include "pipeline/recipe.h"

namespace zeropoint::pipeline {
namespace {

bool HasWeights(const ir::Graph& graph, ir::NodeId id) {
  const ops::OpDef* op = ops::FindOp(graph.node(id).op());
  if (op == nullptr) return true;
  for (int i = 0; i < static_cast<int>(graph.node(id).inputs().size()); ++i) {
    if (op->quant.input(i).role == ops::Role::kWeight) return true;
  }
  return false;
}

}  // namespace

std::string Mend::Line() const {
  std::string line;
  for (const auto& rule : rules) {
    absl::StrAppend(&line, line.empty() ? "" : ", ",
                    rule.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  }
  return line;
}

std::set<ir::NodeId> NodesBehind(const DebugView& view, int g, ir::ValueId real) {
  const ir::Graph& graph = view.Real(g);
  std::set<ir::NodeId> nodes;
  std::vector<ir::ValueId> todo{real};
  while (!todo.empty()) {
    const ir::ValueId at = todo.back();
    todo.pop_back();
    for (const ir::Use& use : graph.uses(at)) {
      if (!nodes.insert(use.node).second || HasWeights(graph, use.node)) continue;
      for (ir::ValueId result : graph.node(use.node).outputs()) todo.push_back(result);
    }
  }
  return nodes;
}

std::set<ir::NodeId> NodesAround(const DebugView& view, int g, ir::ValueId real) {
  std::set<ir::NodeId> nodes = NodesBehind(view, g, real);
  // Back over ops that only move the value on, to the one that made it.
  for (ir::NodeId at = view.Real(g).producer(real); at != ir::kNoNode;) {
    nodes.insert(at);
    at = HasWeights(view.Real(g), at) || view.Real(g).node(at).input(0) == ir::kNoValue
             ? ir::kNoNode
             : view.Real(g).producer(view.Real(g).node(at).input(0));
  }
  return nodes;
}

Mend SchemeMend(const DebugView& view, int g, const std::set<ir::NodeId>& nodes, plan::Scheme scheme) {
  Mend mend;
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (ir::NodeId id : view.Real(g).Order()) {
    if (nodes.count(id) == 0) continue;
    const std::string& name = view.Real(g).node(id).info.name;
    if (!name.empty()) names.push_back(name);
  }
  if (!names.empty()) mend.rules.push_back({{"name", names}, {"scheme", SchemeName(scheme)}});
  return mend;
}

Mend RangeMend(const DebugView& view, int g, ir::ValueId real, const ir::Range& range) {
  const ir::Graph& graph = view.Quantized(g);
  std::set<ir::ValueId> values{real};
  std::vector<ir::ValueId> todo{real};
  const auto reach = [&](ir::ValueId at) {
    const bool same = at != ir::kNoValue && at < view.Real(g).num_values() &&
                      graph.value(at).type == graph.value(real).type &&
                      graph.value(at).quant.scale == graph.value(real).quant.scale &&
                      graph.value(at).quant.zero_point == graph.value(real).quant.zero_point;
    if (same && values.insert(at).second) todo.push_back(at);
  };
  while (!todo.empty() && !view.Real(g).IsGraphInput(real)) {
    const ir::ValueId at = todo.back();
    todo.pop_back();
    for (const ir::Use& use : graph.uses(at)) {
      for (ir::ValueId result : graph.node(use.node).outputs()) reach(result);
    }
    if (graph.producer(at) != ir::kNoNode) {
      for (ir::ValueId operand : graph.node(graph.producer(at)).inputs()) reach(operand);
    }
  }
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (ir::ValueId value : values) {
    if (!view.Real(g).value(value).name.empty()) names.push_back(view.Real(g).value(value).name);
  }
  Mend mend;
  if (!names.empty()) mend.rules.push_back({{"tensor", names}, {"range", {range.min, range.max}}});
  return mend;
}

}  // namespace zeropoint::pipeline
