#include "passes/lists/lstm_loop.h"

#include <algorithm>
#include <vector>

#include "ir/constants.h"
#include "passes/edit.h"

namespace zeropoint::passes::lists {
namespace {

using ir::Graph;
using ir::NodeId;
using ir::ValueId;

constexpr int kGates = 4;

const Graph* GraphAt(const ir::Model& model, int64_t index) {
  return index >= 0 && static_cast<size_t>(index) < model.graphs.size() ? &model.graphs[static_cast<size_t>(index)]
                                                                        : nullptr;
}

int InputIndex(const Graph& graph, ValueId id) {
  const auto at = std::find(graph.inputs.begin(), graph.inputs.end(), id);
  return at == graph.inputs.end() ? -1 : static_cast<int>(at - graph.inputs.begin());
}

bool HasActivation(const ir::Node& node) { return node.attrs().Int("fused_activation_function") != 0; }

// The operands of a product or sum whose producers are such ops, in whatever order they stand; kNoNode where not.
struct Two {
  NodeId first = ir::kNoNode, second = ir::kNoNode;
};
Two Operands(const Graph& graph, NodeId node, absl::string_view first, absl::string_view second) {
  for (int swap = 0; swap < 2; ++swap) {
    const NodeId a = ProducerOf(graph, graph.node(node).input(swap), first);
    const NodeId b = ProducerOf(graph, graph.node(node).input(1 - swap), second);
    if (a != ir::kNoNode && b != ir::kNoNode) return {a, b};
  }
  return {};
}

// What the value is before ops that change nothing but its shape.
ValueId BeforeReshapes(const Graph& graph, ValueId id) {
  for (;;) {
    const NodeId node = id == ir::kNoValue ? ir::kNoNode : graph.producer(id);
    if (node == ir::kNoNode) return id;
    const std::string& op = graph.node(node).op();
    if (op != "RESHAPE" && op != "SQUEEZE" && op != "EXPAND_DIMS") return id;
    id = graph.node(node).input(0);
  }
}

bool IsShape(const Graph& graph, ValueId id, const ir::Shape& shape) {
  return id != ir::kNoValue && graph.value(id).type == ElementType::kFloat32 && graph.value(id).shape == shape;
}

class Matcher {
 public:
  Matcher(const Graph& caller, const ir::Node& loop, const Graph& condition, const Graph& body)
      : caller_(caller), loop_(loop), condition_(condition), body_(body) {}

  std::optional<LstmLoop> Match() {
    for (size_t i = 0; i < body_.outputs.size(); ++i) {
      found_ = {};
      split_ = ir::kNoNode;
      found_.hidden = static_cast<int>(i);
      if (MatchCell() && MatchGates() && MatchSequence() && MatchSteps() && MatchTurns()) return found_;
    }
    return std::nullopt;
  }

 private:
  ValueId Input(int i) const { return body_.inputs[static_cast<size_t>(i)]; }
  ValueId Output(int i) const { return body_.outputs[static_cast<size_t>(i)]; }

  // The gate `number` of the split, behind its activation.
  bool IsGate(NodeId activation, int number) {
    const ValueId value = body_.node(activation).input(0);
    const NodeId split = ProducerOf(body_, value, "SPLIT");
    if (split == ir::kNoNode || (split_ != ir::kNoNode && split != split_)) return false;
    split_ = split;
    const auto outputs = body_.node(split).outputs();
    return outputs.size() == kGates && outputs[static_cast<size_t>(number)] == value;
  }

  // h' = sigmoid(o) tanh(c'), c' = sigmoid(f) c + sigmoid(i) tanh(g)
  bool MatchCell() {
    const NodeId hidden = ProducerOf(body_, Output(found_.hidden), "MUL");
    if (hidden == ir::kNoNode || HasActivation(body_.node(hidden))) return false;
    const Two output = Operands(body_, hidden, "LOGISTIC", "TANH");
    if (output.first == ir::kNoNode || !IsGate(output.first, 3)) return false;
    const ValueId new_cell = body_.node(output.second).input(0);
    const auto cell = std::find(body_.outputs.begin(), body_.outputs.end(), new_cell);
    const NodeId sum = ProducerOf(body_, new_cell, "ADD");
    if (cell == body_.outputs.end() || sum == ir::kNoNode || HasActivation(body_.node(sum))) return false;
    found_.cell = static_cast<int>(cell - body_.outputs.begin());
    const Two terms = Operands(body_, sum, "MUL", "MUL");
    if (terms.first == ir::kNoNode) return false;
    return MatchTerms(terms.first, terms.second) || MatchTerms(terms.second, terms.first);
  }

  bool MatchTerms(NodeId kept, NodeId added) {
    if (HasActivation(body_.node(kept)) || HasActivation(body_.node(added))) return false;
    const Two update = Operands(body_, added, "LOGISTIC", "TANH");
    if (update.first == ir::kNoNode || !IsGate(update.first, 0) || !IsGate(update.second, 2)) return false;
    for (int swap = 0; swap < 2; ++swap) {
      const NodeId forget = ProducerOf(body_, body_.node(kept).input(swap), "LOGISTIC");
      const bool of_cell = body_.node(kept).input(1 - swap) == Input(found_.cell);
      if (forget != ir::kNoNode && of_cell && IsGate(forget, 1)) return true;
    }
    return false;
  }

  // split(x W + h R + b), with shapes
  bool MatchGates() {
    const ir::Node& split = body_.node(split_);
    const ir::Shape& gates = body_.value(split.input(1)).shape;
    const auto axis = ir::IntScalar(body_, split.input(0));
    if (!gates.ranked() || gates.rank() != 2 || !gates.IsStatic() || !(axis == 1 || axis == -1)) return false;
    if (gates[1] % kGates != 0) return false;
    found_.batch = gates[0];
    found_.units = gates[1] / kGates;
    std::vector<ValueId> terms;
    if (!Terms(split.input(1), terms)) return false;
    for (ValueId term : terms) {
      if (!IsBias(term) && !IsProduct(term)) return false;
    }
    return found_.sequence >= 0 && found_.recurrent_weights != ir::kNoValue;
  }

  // What is added up; false when that is more than there can be.
  bool Terms(ValueId sum, std::vector<ValueId>& terms) const {
    const ir::Shape wanted = {found_.batch, kGates * found_.units};
    constexpr size_t kMost = 3;
    std::vector<ValueId> open = {sum};
    while (!open.empty() && terms.size() <= kMost) {
      const ValueId value = BeforeReshapes(body_, open.back());
      open.pop_back();
      const NodeId add = ProducerOf(body_, value, "ADD");
      if (add == ir::kNoNode) {
        terms.push_back(value);
        continue;
      }
      if (HasActivation(body_.node(add))) return false;
      // A sum of one row may be written without the batch; the bias is the one operand that is repeated.
      for (ValueId operand : body_.node(add).inputs()) {
        const ir::Shape& shape = body_.value(operand).shape;
        const bool row = shape.ranked() && shape.rank() == 1 && shape[0] == wanted[1];
        if (shape != wanted && !row) return false;
        if (row && wanted[0] != 1 && !IsConstant(body_, operand)) return false;
        open.push_back(operand);
      }
    }
    return open.empty() && terms.size() <= kMost;
  }

  bool IsBias(ValueId term) {
    if (found_.bias != ir::kNoValue || !IsConstant(body_, term)) return false;
    if (!IsShape(body_, term, {kGates * found_.units})) return false;
    found_.bias = term;
    return true;
  }

  // x W, x being the sequence's slice at the loop's time, or h R
  bool IsProduct(ValueId term) {
    const NodeId product = ProducerOf(body_, term, "BATCH_MATMUL");
    if (product == ir::kNoNode) return false;
    const ir::Node& node = body_.node(product);
    const ValueId weights = node.input(1);
    if (node.attrs().Bool("adj_x") || node.attrs().Bool("adj_y") || !IsConstant(body_, weights)) return false;
    if (node.input(0) == Input(found_.hidden)) {
      const bool fits = IsShape(body_, weights, {found_.units, kGates * found_.units});
      if (!fits || found_.recurrent_weights != ir::kNoValue) return false;
      found_.recurrent_weights = weights;
      return true;
    }
    const NodeId slice = ProducerOf(body_, BeforeReshapes(body_, node.input(0)), "GATHER");
    const ir::Shape& shape = body_.value(weights).shape;
    if (slice == ir::kNoNode || found_.sequence >= 0 || shape.rank() != 2) return false;
    const ir::Node& gather = body_.node(slice);
    if (gather.attrs().Int("axis") != 0 || gather.attrs().Int("batch_dims") != 0) return false;
    found_.sequence = InputIndex(body_, gather.input(0));
    time_ = InputIndex(body_, gather.input(1));
    found_.depth = shape[0];
    found_.input_weights = weights;
    return found_.sequence >= 0 && time_ >= 0 && IsShape(body_, weights, {found_.depth, kGates * found_.units});
  }

  bool MatchSequence() {
    if (Output(found_.sequence) != Input(found_.sequence)) return false;
    const ir::Shape& shape = caller_.value(loop_.input(found_.sequence)).shape;
    if (!shape.ranked() || shape.rank() != 3) return false;
    found_.time = shape[0];
    const ir::Shape wanted = {found_.time, found_.batch, found_.depth};
    if (found_.time <= 0 || !IsShape(caller_, loop_.input(found_.sequence), wanted)) return false;
    for (int state : {found_.hidden, found_.cell}) {
      const ValueId start = loop_.input(state);
      if (!IsConstant(caller_, start) || !AllEqual(caller_, start, 0)) return false;
      if (!IsShape(caller_, start, {found_.batch, found_.units})) return false;
    }
    return true;
  }

  // The variable that collects the outputs, if there is one.
  bool MatchSteps() {
    const ValueId hidden = Output(found_.hidden);
    for (int i = 0; i < static_cast<int>(body_.outputs.size()); ++i) {
      const ValueId output = Output(i);
      const NodeId producer = body_.producer(output);
      if (producer == ir::kNoNode || i == found_.hidden) continue;
      const ir::Node& node = body_.node(producer);
      const bool last = output != hidden && BeforeReshapes(body_, output) == hidden;
      const bool all = node.op() == "DYNAMIC_UPDATE_SLICE" && node.input(0) == Input(i) &&
                       BeforeReshapes(body_, node.input(1)) == hidden && BeginsAtTime(node.input(2));
      if (!last && !all) continue;
      const ir::Shape wanted = {last ? 1 : found_.time, found_.batch, found_.units};
      if (found_.steps >= 0 || !IsShape(caller_, loop_.output(i), wanted)) return false;
      found_.steps = i;
      found_.keeps_all = all;
    }
    return true;
  }

  bool BeginsAtTime(ValueId begin) const {
    const NodeId pack = ProducerOf(body_, begin, "PACK");
    if (pack == ir::kNoNode || body_.node(pack).inputs().size() != 3) return false;
    return body_.node(pack).input(0) == Input(time_) && IsScalar(body_, body_.node(pack).input(1), 0) &&
           IsScalar(body_, body_.node(pack).input(2), 0);
  }

  // The loop ends when the sequence does: time goes from 0 to there in steps of 1, and so does whatever else is
  // counted.
  bool MatchTurns() const {
    std::vector<ValueId> open = {condition_.outputs[0]};
    bool ends_with_time = false;
    while (!open.empty()) {
      const ValueId value = open.back();
      open.pop_back();
      const NodeId both = ProducerOf(condition_, value, "LOGICAL_AND");
      if (both != ir::kNoNode) {
        open.push_back(condition_.node(both).input(0));
        open.push_back(condition_.node(both).input(1));
        continue;
      }
      const NodeId less = ProducerOf(condition_, value, "LESS");
      if (less == ir::kNoNode) return false;
      const int counter = InputIndex(condition_, condition_.node(less).input(0));
      const auto limit = ir::IntScalar(condition_, condition_.node(less).input(1));
      if (counter < 0 || !Counts(counter) || !limit.has_value() || *limit < found_.time) return false;
      ends_with_time = ends_with_time || *limit == found_.time;
    }
    return ends_with_time && Counts(time_);
  }

  bool Counts(int i) const {
    const NodeId next = ProducerOf(body_, Output(i), "ADD");
    if (next == ir::kNoNode || !IsScalar(caller_, loop_.input(i), 0)) return false;
    const auto split = SplitConstant(body_, body_.node(next));
    return split.has_value() && split->other == Input(i) && IsScalar(body_, split->constant, 1);
  }

  const Graph& caller_;
  const ir::Node& loop_;
  const Graph& condition_;
  const Graph& body_;
  LstmLoop found_;
  NodeId split_ = ir::kNoNode;
  int time_ = -1;
};

}  // namespace

std::optional<LstmLoop> MatchLstm(const ir::Model& model, const ir::Graph& caller, const ir::Node& loop) {
  const Graph* condition = GraphAt(model, loop.attrs().Int("cond_subgraph_index"));
  const Graph* body = GraphAt(model, loop.attrs().Int("body_subgraph_index"));
  if (condition == nullptr || body == nullptr || condition->outputs.size() != 1) return std::nullopt;
  const size_t variables = loop.inputs().size();
  const bool fits = body->inputs.size() == variables && body->outputs.size() == variables &&
                    condition->inputs.size() == variables && loop.outputs().size() == variables;
  return fits ? Matcher(caller, loop, *condition, *body).Match() : std::nullopt;
}

}  // namespace zeropoint::passes::lists
