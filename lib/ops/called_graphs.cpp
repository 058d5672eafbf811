#include "ops/called_graphs.h"

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

}  // namespace zeropoint::ops
