#include "ops/called_graphs.h"

#include <utility>

#include "ops/op_def.h"

namespace zeropoint::ops {

std::vector<int> CalledGraphs(const ir::Node& node) {
  std::vector<int> graphs;
  const OpDef* op = FindOp(node.op());
  if (op == nullptr) return graphs;
  for (const OptionField& field : op->options.fields) {
    if (field.kind == FieldKind::kGraph) {
      graphs.push_back(static_cast<int>(node.attrs().Int(field.name, static_cast<int64_t>(field.otherwise))));
    } else if (field.kind == FieldKind::kGraphs) {
      for (int64_t graph : node.attrs().Ints(field.name)) graphs.push_back(static_cast<int>(graph));
    }
  }
  return graphs;
}

void RenumberCalledGraphs(absl::Span<const int> new_index, ir::Node& node) {
  const OpDef* op = FindOp(node.op());
  if (op == nullptr) return;
  auto renumber = [&](int64_t& graph) {
    if (graph >= 0 && static_cast<size_t>(graph) < new_index.size()) graph = new_index[static_cast<size_t>(graph)];
  };
  for (const OptionField& field : op->options.fields) {
    if (field.kind == FieldKind::kGraph) {
      int64_t graph = node.attrs().Int(field.name, static_cast<int64_t>(field.otherwise));
      renumber(graph);
      node.info.attrs.Set(field.name, graph);
    } else if (field.kind == FieldKind::kGraphs) {
      std::vector<int64_t> graphs = node.attrs().Ints(field.name);
      for (int64_t& graph : graphs) renumber(graph);
      node.info.attrs.Set(field.name, std::move(graphs));
    }
  }
}

}  // namespace zeropoint::ops
