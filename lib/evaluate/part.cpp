#include "evaluate/part.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/op_def.h"
#include "ops/stored_bytes.h"

namespace zeropoint::evaluate {
namespace {

bool CanStand(const ir::Value& value) { return !value.is_variable && Traits(value.type).bits != 0; }

class Builder {
 public:
  Builder(const ir::Graph& whole, const std::set<ir::ValueId>& given)
      : whole_(whole), given_(given), part_{std::make_unique<ir::Graph>(), nullptr, {}, {}} {}

  absl::Status Add(ir::NodeId id) {
    const ir::Node& node = whole_.node(id);
    const ops::OpDef* op = ops::FindOp(node.op());
    if (op == nullptr || op->has_side_effects) {
      return absl::UnimplementedError(absl::StrCat(node.op(), " '", node.info.name, "' does not run alone"));
    }
    std::vector<ir::ValueId> inputs, outputs;
    for (ir::ValueId value : node.inputs()) {
      ZP_RETURN_IF_ERROR(Check(value));
      inputs.push_back(Operand(value));
    }
    for (ir::ValueId value : node.outputs()) {
      ZP_RETURN_IF_ERROR(Check(value));
      outputs.push_back(Result(value));
    }
    ir::NodeInfo info = node.info;
    for (ir::ValueId& value : info.intermediates) {
      if (value != ir::kNoValue) value = part_.graph->AddValue(whole_.value(value));
    }
    part_.graph->AddNode(std::move(info), std::move(inputs), std::move(outputs));
    return absl::OkStatus();
  }

  absl::StatusOr<Part> Finish(absl::Span<const ir::ValueId> outputs) {
    for (ir::ValueId value : outputs) {
      part_.outputs.push_back(value);
      part_.graph->outputs.push_back(ids_.at(value));
    }
    ZP_ASSIGN_OR_RETURN(part_.executable, engine::Executable::Create(*part_.graph));
    return std::move(part_);
  }

 private:
  absl::Status Check(ir::ValueId id) const {
    if (id == ir::kNoValue || CanStand(whole_.value(id))) return absl::OkStatus();
    return absl::UnimplementedError(absl::StrCat("'", whole_.value(id).name, "' lasts from run to run"));
  }

  ir::ValueId Operand(ir::ValueId id) {
    if (id == ir::kNoValue) return id;
    const auto known = ids_.find(id);
    if (known != ids_.end()) return known->second;
    ir::Value value = whole_.value(id);
    const bool is_input = !value.is_constant || given_.count(id) > 0;
    if (is_input) {
      value.is_constant = false;
      value.data = {};
    }
    const ir::ValueId copy = part_.graph->AddValue(std::move(value));
    ids_[id] = copy;
    if (is_input) {
      part_.inputs.push_back(id);
      part_.graph->inputs.push_back(copy);
    }
    return copy;
  }

  ir::ValueId Result(ir::ValueId id) { return ids_[id] = part_.graph->AddValue(whole_.value(id)); }

  const ir::Graph& whole_;
  const std::set<ir::ValueId>& given_;
  Part part_;
  std::map<ir::ValueId, ir::ValueId> ids_;
};

}  // namespace

absl::StatusOr<Part> MakePart(const ir::Graph& whole, absl::Span<const ir::NodeId> nodes,
                              absl::Span<const ir::ValueId> outputs, const std::set<ir::ValueId>& given) {
  Builder builder(whole, given);
  for (ir::NodeId id : nodes) ZP_RETURN_IF_ERROR(builder.Add(id));
  return builder.Finish(outputs);
}

std::vector<ir::NodeId> DependentsOf(const ir::Graph& graph, const std::set<ir::ValueId>& values) {
  std::set<ir::ValueId> reached = values;
  std::vector<ir::NodeId> nodes;
  for (ir::NodeId id : graph.Order()) {
    const ir::Node& node = graph.node(id);
    const bool depends = std::any_of(node.inputs().begin(), node.inputs().end(),
                                     [&](ir::ValueId value) { return reached.count(value) > 0; });
    const bool is_source = std::any_of(node.outputs().begin(), node.outputs().end(),
                                       [&](ir::ValueId value) { return values.count(value) > 0; });
    if (!depends || is_source) continue;
    nodes.push_back(id);
    reached.insert(node.outputs().begin(), node.outputs().end());
  }
  return nodes;
}

}  // namespace zeropoint::evaluate
