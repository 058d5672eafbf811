#include "ir/graph.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace zeropoint::ir {

ValueId Graph::AddValue(Value value) {
  values_.push_back(std::move(value));
  producers_.push_back(kNoNode);
  uses_.emplace_back();
  return static_cast<ValueId>(values_.size() - 1);
}

ValueId Graph::AddConstant(std::string name, ElementType type, Shape shape, Bytes data) {
  Value value;
  value.name = std::move(name);
  value.type = type;
  value.shape = std::move(shape);
  value.is_constant = true;
  value.data = std::move(data);
  return AddValue(std::move(value));
}

bool Graph::IsGraphInput(ValueId id) const { return std::find(inputs.begin(), inputs.end(), id) != inputs.end(); }
bool Graph::IsGraphOutput(ValueId id) const { return std::find(outputs.begin(), outputs.end(), id) != outputs.end(); }

int Graph::NumUses(ValueId id) const {
  return static_cast<int>(uses(id).size() + static_cast<size_t>(std::count(outputs.begin(), outputs.end(), id)));
}

NodeId Graph::AddNode(NodeInfo info, std::vector<ValueId> inputs, std::vector<ValueId> outputs, NodeId before) {
  NodeId id = static_cast<NodeId>(nodes_.size());
  nodes_.emplace_back();
  node(id).info = std::move(info);
  node(id).alive_ = true;
  ++num_alive_;
  Link(id, before);
  SetInputs(id, std::move(inputs));
  SetOutputs(id, std::move(outputs));
  return id;
}

std::vector<NodeId> Graph::Order() const {
  std::vector<NodeId> order;
  order.reserve(static_cast<size_t>(num_alive_));
  for (NodeId id = first_; id != kNoNode; id = next(id)) order.push_back(id);
  return order;
}

void Graph::SetInput(NodeId id, int operand, ValueId value) {
  ValueId& slot = node(id).inputs_[static_cast<size_t>(operand)];
  DropUse(slot, id, operand);
  slot = value;
  AddUse(value, id, operand);
}

void Graph::SetInputs(NodeId id, std::vector<ValueId> inputs) {
  Node& n = node(id);
  for (size_t i = 0; i < n.inputs_.size(); ++i) DropUse(n.inputs_[i], id, static_cast<int>(i));
  n.inputs_ = std::move(inputs);
  for (size_t i = 0; i < n.inputs_.size(); ++i) AddUse(n.inputs_[i], id, static_cast<int>(i));
}

void Graph::SetOutputs(NodeId id, std::vector<ValueId> outputs) {
  Node& n = node(id);
  for (ValueId out : n.outputs_) {
    if (out != kNoValue && producer(out) == id) producers_[static_cast<size_t>(out)] = kNoNode;
  }
  n.outputs_ = std::move(outputs);
  for (ValueId out : n.outputs_) {
    if (out != kNoValue) producers_[static_cast<size_t>(out)] = id;
  }
}

void Graph::ReplaceUses(ValueId from, ValueId to) {
  std::vector<Use> moved = std::move(uses_[static_cast<size_t>(from)]);
  uses_[static_cast<size_t>(from)].clear();
  for (const Use& use : moved) {
    node(use.node).inputs_[static_cast<size_t>(use.operand)] = to;
    AddUse(to, use.node, use.operand);
  }
  std::replace(outputs.begin(), outputs.end(), from, to);
}

void Graph::RemoveNode(NodeId id) {
  SetInputs(id, {});
  SetOutputs(id, {});
  Unlink(id);
  node(id).alive_ = false;
  --num_alive_;
}

void Graph::MoveBefore(NodeId id, NodeId before) {
  if (id == before) return;
  Unlink(id);
  Link(id, before);
}

bool Graph::SortTopologically() {
  std::vector<int> waiting(nodes_.size(), 0);   // operands not yet produced
  std::vector<int> position(nodes_.size(), 0);  // in today's order: the tie-break
  int count = 0;
  for (NodeId id = first_; id != kNoNode; id = next(id)) {
    position[static_cast<size_t>(id)] = count++;
    for (ValueId in : node(id).inputs_) {
      if (in != kNoValue && producer(in) != kNoNode) ++waiting[static_cast<size_t>(id)];
    }
  }
  using Ready = std::pair<int, NodeId>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<Ready>> ready;
  for (NodeId id = first_; id != kNoNode; id = next(id)) {
    if (waiting[static_cast<size_t>(id)] == 0) ready.emplace(position[static_cast<size_t>(id)], id);
  }
  std::vector<NodeId> sorted;
  while (!ready.empty()) {
    NodeId id = ready.top().second;
    ready.pop();
    sorted.push_back(id);
    for (ValueId out : node(id).outputs_) {
      if (out == kNoValue) continue;
      for (const Use& use : uses(out)) {
        if (--waiting[static_cast<size_t>(use.node)] == 0) {
          ready.emplace(position[static_cast<size_t>(use.node)], use.node);
        }
      }
    }
  }
  if (static_cast<int>(sorted.size()) != num_alive_) return false;
  first_ = last_ = kNoNode;
  for (NodeId id : sorted) Link(id, kNoNode);
  return true;
}

void Graph::Compact() {
  std::vector<bool> mentioned(values_.size(), false);
  auto mention = [&](absl::Span<const ValueId> ids) {
    for (ValueId id : ids) {
      if (id != kNoValue) mentioned[static_cast<size_t>(id)] = true;
    }
  };
  mention(inputs);
  mention(outputs);
  std::vector<NodeId> order = Order();
  for (NodeId id : order) {
    mention(node(id).inputs_);
    mention(node(id).outputs_);
    mention(node(id).info.intermediates);
  }
  std::vector<ValueId> renamed(values_.size(), kNoValue);
  Graph out;
  out.name = name;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (mentioned[i]) renamed[i] = out.AddValue(std::move(values_[i]));
  }
  auto rename = [&](std::vector<ValueId> ids) {
    for (ValueId& id : ids) id = id == kNoValue ? kNoValue : renamed[static_cast<size_t>(id)];
    return ids;
  };
  out.inputs = rename(inputs);
  out.outputs = rename(outputs);
  for (NodeId id : order) {
    Node& n = node(id);
    n.info.intermediates = rename(std::move(n.info.intermediates));
    out.AddNode(std::move(n.info), rename(std::move(n.inputs_)), rename(std::move(n.outputs_)));
  }
  *this = std::move(out);
}

void Graph::Link(NodeId id, NodeId before) {
  Node& n = node(id);
  n.next_ = before;
  n.previous_ = before == kNoNode ? last_ : node(before).previous_;
  (n.previous_ == kNoNode ? first_ : node(n.previous_).next_) = id;
  (before == kNoNode ? last_ : node(before).previous_) = id;
}

void Graph::Unlink(NodeId id) {
  Node& n = node(id);
  (n.previous_ == kNoNode ? first_ : node(n.previous_).next_) = n.next_;
  (n.next_ == kNoNode ? last_ : node(n.next_).previous_) = n.previous_;
}

void Graph::AddUse(ValueId value, NodeId id, int operand) {
  if (value != kNoValue) uses_[static_cast<size_t>(value)].push_back({id, operand});
}

void Graph::DropUse(ValueId value, NodeId id, int operand) {
  if (value == kNoValue) return;
  std::vector<Use>& uses = uses_[static_cast<size_t>(value)];
  auto at = std::find(uses.begin(), uses.end(), Use{id, operand});
  if (at == uses.end()) return;
  *at = uses.back();
  uses.pop_back();
}

}  // namespace zeropoint::ir
