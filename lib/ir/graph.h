// The graph that every stage reads and writes: values, nodes, and a model of several graphs.
//
// Knows no op: a node carries its op's name ("CONV_2D", or "tf.Conv2D" before legalization) and what that name means is
// the op record's business (ops/op_def.h). Not thread-safe; a const Graph may be read from several threads.
#ifndef ZEROPOINT_IR_GRAPH_H_
#define ZEROPOINT_IR_GRAPH_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "ir/attributes.h"
#include "ir/shape.h"
#include "numeric/types.h"

namespace zeropoint::ir {

using ValueId = int32_t;
using NodeId = int32_t;
inline constexpr ValueId kNoValue = -1;  // an optional operand that is absent
inline constexpr NodeId kNoNode = -1;

// real = (q - zero_point) * scale.
// Invariant: scale and zero_point have the same length: 0 (not quantized), 1 (per tensor) or the size of dimension
// `axis` (per axis).
struct QuantParams {
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int axis = 0;
  // The calibrated range, informational: empty or as long as scale. Without a scale, the one element is a range that
  // training fixed; it wins over calibration.
  std::vector<float> min, max;

  bool quantized() const { return !scale.empty(); }
};

// A tensor: a constant (has data), a graph input, or the result of a node.
struct Value {
  std::string name;
  ElementType type = ElementType::kFloat32;
  Shape shape;
  bool is_constant = false;
  Bytes data;                // the constant's elements, row-major, packed; little endian. Alignment is not promised.
  bool is_variable = false;  // state that an op keeps between runs
  QuantParams quant;
};

struct Use {
  NodeId node;
  int operand;
  friend bool operator==(const Use& a, const Use& b) { return a.node == b.node && a.operand == b.operand; }
};

// What AddNode takes. Everything but inputs and outputs may be changed later through Graph::node().
struct NodeInfo {
  std::string op;
  std::string name;  // where it came from, for messages: the TF node or the output tensor's name
  Attributes attrs;
  int version = 1;                      // LiteRT op version to write
  std::vector<uint8_t> custom_options;  // of a custom op, carried untouched
  std::vector<ValueId> intermediates;   // LiteRT's extra tensors of recurrent ops
  std::vector<bool> mutates;            // per input: a variable that the op changes; empty when none
};

class Graph;

class Node {
 public:
  NodeInfo info;

  const std::string& op() const { return info.op; }
  const Attributes& attrs() const { return info.attrs; }
  absl::Span<const ValueId> inputs() const { return inputs_; }
  absl::Span<const ValueId> outputs() const { return outputs_; }
  // kNoValue when the operand is absent or beyond the list.
  ValueId input(int i) const {
    return i < static_cast<int>(inputs_.size()) ? inputs_[static_cast<size_t>(i)] : kNoValue;
  }
  ValueId output(int i = 0) const { return outputs_[static_cast<size_t>(i)]; }

 private:
  friend class Graph;
  std::vector<ValueId> inputs_, outputs_;
  NodeId previous_ = kNoNode, next_ = kNoNode;
  bool alive_ = false;
};

// Values and nodes are named by ids that stay valid until Compact(); nodes have an order, which is the order of
// execution. All edits are O(1) or linear in what they touch.
// Invariants (checked by Verify in ir/verifier.h): a value has at most one producer; a constant has none; every operand
// is produced, constant or a graph input, before its use.
class Graph {
 public:
  std::string name = "main";
  std::vector<ValueId> inputs, outputs;

  // --- values
  ValueId AddValue(Value value);
  ValueId AddConstant(std::string name, ElementType type, Shape shape, Bytes data);
  // A float32, int32 or int64 constant from its elements.
  template <typename T>
  ValueId AddConstant(std::string name, Shape shape, absl::Span<const T> elements);
  Value& value(ValueId id) { return values_[static_cast<size_t>(id)]; }
  const Value& value(ValueId id) const { return values_[static_cast<size_t>(id)]; }
  int num_values() const { return static_cast<int>(values_.size()); }
  NodeId producer(ValueId id) const { return producers_[static_cast<size_t>(id)]; }
  // Nodes that read the value, in no particular order; graph outputs are not among them.
  absl::Span<const Use> uses(ValueId id) const { return uses_[static_cast<size_t>(id)]; }
  bool IsGraphInput(ValueId id) const;
  bool IsGraphOutput(ValueId id) const;
  // Reads by nodes plus appearances among the graph outputs.
  int NumUses(ValueId id) const;

  // --- nodes
  // Appends, or inserts before `before`. Inputs may be kNoValue; outputs must have no producer yet.
  NodeId AddNode(NodeInfo info, std::vector<ValueId> inputs, std::vector<ValueId> outputs, NodeId before = kNoNode);
  Node& node(NodeId id) { return nodes_[static_cast<size_t>(id)]; }
  const Node& node(NodeId id) const { return nodes_[static_cast<size_t>(id)]; }
  bool alive(NodeId id) const { return nodes_[static_cast<size_t>(id)].alive_; }
  int num_nodes() const { return num_alive_; }  // alive
  int max_node_id() const { return static_cast<int>(nodes_.size()); }
  NodeId first() const { return first_; }
  NodeId next(NodeId id) const { return node(id).next_; }
  NodeId previous(NodeId id) const { return node(id).previous_; }
  // The alive nodes in order of execution; a copy, so the loop body may edit the graph (check alive()).
  std::vector<NodeId> Order() const;

  // --- edits
  void SetInput(NodeId node, int operand, ValueId value);
  void SetInputs(NodeId node, std::vector<ValueId> inputs);
  void SetOutputs(NodeId node, std::vector<ValueId> outputs);
  // Every read of `from`, graph outputs included, becomes a read of `to`.
  void ReplaceUses(ValueId from, ValueId to);
  // Removes the node; its outputs lose their producer.
  void RemoveNode(NodeId node);
  void MoveBefore(NodeId node, NodeId before);
  // Removes nodes whose outputs nobody reads, unless `keep(node)`; returns how many.
  template <typename Keep>
  int RemoveDeadNodes(Keep keep);
  // Puts the nodes into an order where each follows its operands' producers, as close as possible to today's.
  // False when there is a cycle.
  bool SortTopologically();
  // Renumbers: drops removed nodes and values that nothing mentions. Ids held elsewhere become invalid.
  void Compact();

 private:
  void Link(NodeId id, NodeId before);
  void Unlink(NodeId id);
  void AddUse(ValueId value, NodeId node, int operand);
  void DropUse(ValueId value, NodeId node, int operand);

  std::vector<Value> values_;
  std::vector<NodeId> producers_;       // by value
  std::vector<std::vector<Use>> uses_;  // by value
  std::vector<Node> nodes_;
  NodeId first_ = kNoNode, last_ = kNoNode;
  int num_alive_ = 0;
};

struct NamedValue {
  std::string name;  // what the user calls it: the signature's argument or result
  ValueId value = kNoValue;
};

struct Signature {
  std::string key;  // "serving_default"
  int graph = 0;    // index into Model::graphs
  std::vector<NamedValue> inputs, outputs;
};

struct Metadata {
  std::string name;
  Bytes data;
};

// graphs[0] is the primary one. Attributes of control-flow nodes name other graphs by index.
struct Model {
  std::vector<Graph> graphs;
  std::vector<Signature> signatures;
  std::vector<Metadata> metadata;
  std::string description;
  std::string source;  // the file or folder it was read from, for messages
};

template <typename T>
ValueId Graph::AddConstant(std::string name, Shape shape, absl::Span<const T> elements) {
  constexpr ElementType type = sizeof(T) == 8   ? ElementType::kInt64
                               : T(0.5) != T(0) ? ElementType::kFloat32
                                                : ElementType::kInt32;
  return AddConstant(std::move(name), type, std::move(shape), Bytes::Of(elements));
}

template <typename Keep>
int Graph::RemoveDeadNodes(Keep keep) {
  int removed = 0;
  // Backwards, so that one sweep sees the last reader of a value go before its producer is looked at.
  for (NodeId id = last_; id != kNoNode;) {
    NodeId before = node(id).previous_;
    bool read = false;
    for (ValueId out : node(id).outputs_) read = read || NumUses(out) > 0;
    if (!read && !keep(node(id))) {
      RemoveNode(id);
      ++removed;
    }
    id = before;
  }
  return removed;
}

}  // namespace zeropoint::ir

#endif  // ZEROPOINT_IR_GRAPH_H_
