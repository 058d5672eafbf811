// Before: loop: m = Merge(Enter(x), NextIteration(n)), e, b = Switch(m, LoopCond(c)), n from b, c from m, y = Exit(e)
// After:  y = WHILE(x), a graph that computes c, and one that computes n
//
// Before: f, t = Switch(x, p), y = Merge(f', t', p), f' computed from f, t' from t
// After:  y = IF(p, x), a graph that computes t', and one that computes f'
//
// Conditions: of Enter alone, a loop reads what lies outside. What a branch reads comes through Switch nodes of the
// branch's predicate, or is constant.
// Algebra: none. Loops go first, inner ones before outer ones, so that branches are left in graphs without circles.
#include "formats/saved_model/raise_dataflow.h"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace zeropoint::formats::saved_model {
namespace {

constexpr absl::string_view kSwitch = "tf.Switch", kMerge = "tf.Merge", kEnter = "tf.Enter", kExit = "tf.Exit",
                            kNextIteration = "tf.NextIteration", kLoopCond = "tf.LoopCond";

absl::Status AtNode(absl::Status status, const ir::Node& node) {
  const absl::string_view op = absl::StripPrefix(node.op(), "tf.");
  return Annotate(Annotate(std::move(status), Place::kNode, node.info.name), Place::kOp, op);
}

bool Produces(const ir::Graph& graph, ir::ValueId value, absl::string_view op) {
  return graph.producer(value) != ir::kNoNode && graph.node(graph.producer(value)).op() == op;
}

// What the value is a copy of: every tf.cond makes itself a copy of its predicate.
ir::ValueId WithoutIdentities(const ir::Graph& graph, ir::ValueId value) {
  while (Produces(graph, value, "tf.Identity")) value = graph.node(graph.producer(value)).input(0);
  return value;
}

// Part of a graph that becomes a graph of its own: the nodes on the ways to some results, up to its inputs.
class Slice {
 public:
  // What a value is to the slice.
  struct Role {
    enum Kind { kInside, kInput, kCopyOf, kUnready } kind = kInside;
    ir::ValueId of = ir::kNoValue;  // kInput: the value that stands for the input; kCopyOf: the value it is a copy of
  };
  using RoleOf = std::function<Role(ir::ValueId)>;

  Slice(const ir::Graph& graph, RoleOf role) : graph_(graph), role_(std::move(role)) {}

  // False when the way to the result leads through control flow that has to be raised first.
  bool Collect(ir::ValueId result) {
    struct Visit {
      ir::NodeId node;
      size_t next = 0;
    };
    std::vector<Visit> stack;
    auto begin = [&](ir::ValueId value) {
      const Role role = Follow(value);
      if (role.kind == Role::kUnready) return false;
      if (role.kind == Role::kInput && met_inputs_.insert(role.of).second) inputs_.push_back(role.of);
      const ir::NodeId node = role.kind == Role::kInside ? graph_.producer(role.of) : ir::kNoNode;
      if (node != ir::kNoNode && met_nodes_.insert(node).second) stack.push_back({node});
      return true;
    };
    if (!begin(result)) return false;
    while (!stack.empty()) {
      Visit& top = stack.back();
      const absl::Span<const ir::ValueId> inputs = graph_.node(top.node).inputs();
      if (top.next < inputs.size()) {
        const ir::ValueId input = inputs[top.next++];
        if (input != ir::kNoValue && !begin(input)) return false;  // may move `top`
        continue;
      }
      nodes_.push_back(top.node);
      stack.pop_back();
    }
    return true;
  }

  // In the order in which they were met.
  const std::vector<ir::ValueId>& inputs() const { return inputs_; }

  // A graph with an input for each of `inputs` (of which the slice's own are a part), in that order.
  ir::Graph Copy(std::string name, const std::vector<ir::ValueId>& inputs,
                 const std::vector<ir::ValueId>& results) const {
    ir::Graph copy;
    copy.name = std::move(name);
    std::unordered_map<ir::ValueId, ir::ValueId> copies;
    for (ir::ValueId id : inputs) {
      const ir::Value& original = graph_.value(id);
      ir::Value input;
      input.name = original.name;
      input.type = original.type;
      input.shape = ir::Shape::Unranked();
      copy.inputs.push_back(copy.AddValue(std::move(input)));
      copies.emplace(id, copy.inputs.back());
    }
    auto copied = [&](absl::Span<const ir::ValueId> values) {
      std::vector<ir::ValueId> result;
      for (ir::ValueId id : values) {
        if (id == ir::kNoValue) {
          result.push_back(id);
          continue;
        }
        const ir::ValueId of = Follow(id).of;
        auto [at, is_new] = copies.emplace(of, ir::kNoValue);
        if (is_new) at->second = copy.AddValue(graph_.value(of));
        result.push_back(at->second);
      }
      return result;
    };
    for (ir::NodeId id : nodes_) {
      const ir::Node& node = graph_.node(id);
      std::vector<ir::ValueId> operands = copied(node.inputs());
      copy.AddNode(node.info, std::move(operands), copied(node.outputs()));
    }
    copy.outputs = copied(results);
    return copy;
  }

 private:
  // kInside, kInput or kUnready, of the value at the end of a chain of copies.
  Role Follow(ir::ValueId value) const {
    Role role = role_(value);
    while (role.kind == Role::kCopyOf) {
      value = role.of;
      role = role_(value);
    }
    if (role.kind == Role::kInside) role.of = value;
    return role;
  }

  const ir::Graph& graph_;
  RoleOf role_;
  std::vector<ir::NodeId> nodes_;  // each behind those it needs
  std::vector<ir::ValueId> inputs_;
  std::unordered_set<ir::NodeId> met_nodes_;
  std::unordered_set<ir::ValueId> met_inputs_;
};

using Role = Slice::Role;

// What has no producer comes from outside, but for constants, which are copied.
bool IsOutside(const ir::Graph& graph, ir::ValueId value) {
  return graph.producer(value) == ir::kNoNode && !graph.value(value).is_constant;
}

void RemoveUnread(ir::Graph& graph) {
  // Several sweeps: nodes that have been raised stand behind those that read them.
  while (graph.RemoveDeadNodes([](const ir::Node& node) { return node.outputs().empty(); }) > 0) {
  }
}

// Refuses control flow that is left.
absl::Status Finish(ir::Graph& graph) {
  RemoveUnread(graph);
  for (ir::NodeId id : graph.Order()) {
    for (absl::string_view op : {kSwitch, kMerge, kEnter, kExit, kNextIteration, kLoopCond}) {
      if (graph.node(id).op() != op) continue;
      return AtNode(absl::UnimplementedError("control flow of TensorFlow 1 in this form is not supported"),
                    graph.node(id));
    }
  }
  if (!graph.SortTopologically()) return absl::InvalidArgumentError("the graph goes in a circle");
  return absl::OkStatus();
}

// --- branches

class BranchRaiser {
 public:
  BranchRaiser(ir::Graph& graph, CalledGraphs& called) : graph_(graph), called_(called) {}

  absl::Status Run() {
    for (;;) {
      if (!graph_.SortTopologically()) return absl::InvalidArgumentError("the graph goes in a circle");
      const std::vector<ir::NodeId> merges = Merges();
      if (merges.empty()) return Finish(graph_);
      ZP_RETURN_IF_ERROR(RaiseSome(merges));
    }
  }

 private:
  // In order of execution.
  std::vector<ir::NodeId> Merges() const {
    std::vector<ir::NodeId> merges;
    for (ir::NodeId id : graph_.Order()) {
      if (graph_.node(id).op() == kMerge) merges.push_back(id);
    }
    return merges;
  }

  ir::ValueId Predicate(ir::NodeId merge) const { return WithoutIdentities(graph_, graph_.node(merge).input(2)); }

  // Results of one tf.cond become those of one IF. Those that depend on each other are several conds on one predicate.
  // Branches that hold others wait for the next sweep.
  absl::Status RaiseSome(const std::vector<ir::NodeId>& merges) {
    std::vector<std::vector<bool>> before = Ancestors(merges);
    std::vector<ir::ValueId> predicates;
    for (ir::NodeId merge : merges) predicates.push_back(Predicate(merge));
    std::vector<bool> tried(merges.size(), false);
    bool any = false;
    for (size_t i = 0; i < merges.size(); ++i) {
      if (tried[i]) continue;
      std::vector<size_t> group;
      for (size_t j = i; j < merges.size(); ++j) {
        if (tried[j] || predicates[j] != predicates[i]) continue;
        tried[j] = true;
        const bool apart = std::none_of(group.begin(), group.end(), [&](size_t k) { return before[j][k]; });
        if (apart) group.push_back(j);
      }
      std::vector<ir::NodeId> nodes;
      for (size_t j : group) nodes.push_back(merges[j]);
      ZP_ASSIGN_OR_RETURN(bool raised, Raise(nodes));
      if (raised) Join(group, before);
      any = any || raised;
    }
    if (any) return absl::OkStatus();
    // Each holds another: one by one, beginning with the innermost.
    ZP_ASSIGN_OR_RETURN(bool raised, Raise({merges[0]}));
    if (raised) return absl::OkStatus();
    return AtNode(absl::UnimplementedError("branches that hold each other are not supported"), graph_.node(merges[0]));
  }

  // What depends on one of the merges that are one IF now depends on all that the IF does.
  static void Join(const std::vector<size_t>& group, std::vector<std::vector<bool>>& before) {
    if (group.size() < 2) return;
    std::vector<bool> all(before.size(), false);
    for (size_t k : group) {
      all[k] = true;
      for (size_t i = 0; i < all.size(); ++i) all[i] = all[i] || before[k][i];
    }
    for (std::vector<bool>& row : before) {
      const bool depends = std::any_of(group.begin(), group.end(), [&](size_t k) { return row[k]; });
      for (size_t i = 0; depends && i < all.size(); ++i) row[i] = row[i] || all[i];
    }
  }

  // By merge: which of the others it depends on.
  std::vector<std::vector<bool>> Ancestors(const std::vector<ir::NodeId>& merges) const {
    std::unordered_map<ir::NodeId, size_t> index;
    for (size_t i = 0; i < merges.size(); ++i) index.emplace(merges[i], i);
    std::unordered_map<ir::NodeId, std::vector<bool>> before;
    std::vector<std::vector<bool>> result(merges.size());
    for (ir::NodeId id : graph_.Order()) {
      std::vector<bool> own(merges.size(), false);
      for (ir::ValueId input : graph_.node(id).inputs()) {
        const ir::NodeId producer = input == ir::kNoValue ? ir::kNoNode : graph_.producer(input);
        if (producer == ir::kNoNode) continue;
        const std::vector<bool>& of_input = before.at(producer);
        for (size_t i = 0; i < own.size(); ++i) own[i] = own[i] || of_input[i];
        auto merge = index.find(producer);
        if (merge != index.end()) own[merge->second] = true;
      }
      auto merge = index.find(id);
      if (merge != index.end()) result[merge->second] = own;
      before.emplace(id, std::move(own));
    }
    return result;
  }

  Slice SliceOf(ir::ValueId predicate) const {
    return Slice(graph_, [this, predicate](ir::ValueId value) -> Role {
      if (IsOutside(graph_, value)) return {Role::kInput, value};
      if (Produces(graph_, value, kMerge)) return {Role::kUnready};
      if (!Produces(graph_, value, kSwitch)) return {Role::kInside};
      const ir::Node& node = graph_.node(graph_.producer(value));
      if (WithoutIdentities(graph_, node.input(1)) != predicate)
        return {Role::kInput, value};  // of a cond around this one
      const ir::ValueId data = node.input(0);
      return graph_.value(data).is_constant ? Role{Role::kCopyOf, data} : Role{Role::kInput, data};
    });
  }

  // False when there are branches within these that have to be raised first.
  absl::StatusOr<bool> Raise(const std::vector<ir::NodeId>& merges) {
    const ir::ValueId predicate = Predicate(merges[0]);
    Slice sides[] = {SliceOf(predicate), SliceOf(predicate)};  // false, true
    std::vector<ir::ValueId> results[2];
    for (int side = 0; side < 2; ++side) {
      for (ir::NodeId merge : merges) {
        results[side].push_back(graph_.node(merge).input(side));
        if (!sides[side].Collect(results[side].back())) return false;
      }
    }
    std::vector<ir::ValueId> operands = sides[0].inputs();
    for (ir::ValueId input : sides[1].inputs()) {
      if (std::find(operands.begin(), operands.end(), input) == operands.end()) operands.push_back(input);
    }
    const std::string name = graph_.node(merges[0]).info.name;
    ir::Graph graphs[] = {sides[0].Copy(absl::StrCat(name, "_else"), operands, results[0]),
                          sides[1].Copy(absl::StrCat(name, "_then"), operands, results[1])};
    AddIndices(merges, graphs);
    const int then_index = called_.Add(std::move(graphs[1])), else_index = called_.Add(std::move(graphs[0]));
    ir::NodeInfo info{.op = "IF", .name = name};
    info.attrs.Set("then_subgraph_index", int64_t{then_index});
    info.attrs.Set("else_subgraph_index", int64_t{else_index});
    std::vector<ir::ValueId> outputs;
    for (ir::NodeId merge : merges) outputs.push_back(graph_.node(merge).output(0));
    for (ir::NodeId merge : merges) {
      if (HasIndex(merge)) outputs.push_back(graph_.node(merge).output(1));
    }
    for (ir::NodeId merge : merges) graph_.RemoveNode(merge);
    operands.insert(operands.begin(), predicate);
    graph_.AddNode(std::move(info), std::move(operands), std::move(outputs));
    return true;
  }

  bool HasIndex(ir::NodeId merge) const { return graph_.NumUses(graph_.node(merge).output(1)) > 0; }

  // A Merge's second result, where somebody reads it: which of its inputs arrived.
  void AddIndices(const std::vector<ir::NodeId>& merges, ir::Graph (&graphs)[2]) const {
    for (ir::NodeId merge : merges) {
      if (!HasIndex(merge)) continue;
      const bool swapped = graph_.node(merge).attrs().Bool("swapped");
      for (int32_t side = 0; side < 2; ++side) {
        const int32_t index = swapped ? 1 - side : side;
        graphs[side].outputs.push_back(graphs[side].AddConstant(absl::StrCat(graph_.node(merge).info.name, ":1"),
                                                                ir::Shape{}, absl::MakeConstSpan(&index, 1)));
      }
    }
  }

  ir::Graph& graph_;
  CalledGraphs& called_;
};

// --- loops

struct Variable {
  ir::NodeId merge, next_iteration;
  ir::ValueId value = ir::kNoValue;  // the merge's result
  std::vector<ir::NodeId> exits;
};

struct Loop {
  std::string frame;
  std::vector<Variable> variables;
  ir::ValueId goes_on = ir::kNoValue;  // the result of LoopCond
};

class LoopRaiser {
 public:
  LoopRaiser(ir::Graph& graph, CalledGraphs& called) : graph_(graph), called_(called) {}

  absl::Status Run(const std::vector<BackEdge>& back_edges) {
    ZP_RETURN_IF_ERROR(FindLoops(back_edges));
    // A loop that holds others waits for them.
    while (!loops_.empty()) {
      bool raised = false;
      for (size_t i = 0; i < loops_.size() && !raised; ++i) {
        ZP_ASSIGN_OR_RETURN(raised, Raise(loops_[i]));
        if (raised) loops_.erase(loops_.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (!raised) return AtLoop(absl::UnimplementedError("loops that hold each other are not supported"), loops_[0]);
    }
    RemoveUnread(graph_);  // what the loops were
    return absl::OkStatus();
  }

 private:
  absl::Status AtLoop(absl::Status status, const Loop& loop) const {
    return AtNode(std::move(status), graph_.node(loop.variables[0].merge));
  }

  absl::Status FindLoops(const std::vector<BackEdge>& back_edges) {
    for (const BackEdge& edge : back_edges) {
      const ir::Node& merge = graph_.node(edge.merge);
      if (!Produces(graph_, merge.input(0), kEnter)) {
        return AtNode(absl::UnimplementedError("a loop that nothing enters is not supported"), merge);
      }
      const std::string frame = graph_.node(graph_.producer(merge.input(0))).attrs().String("frame_name");
      auto loop = std::find_if(loops_.begin(), loops_.end(), [&](const Loop& l) { return l.frame == frame; });
      if (loop == loops_.end()) loop = loops_.insert(loops_.end(), Loop{frame});
      Variable variable{edge.merge, edge.next_iteration, merge.output(0)};
      FindExits(variable, *loop);
      loop->variables.push_back(std::move(variable));
    }
    for (const Loop& loop : loops_) {
      if (loop.goes_on == ir::kNoValue) {
        return AtLoop(absl::UnimplementedError("a loop without a condition is not supported"), loop);
      }
    }
    return absl::OkStatus();
  }

  void FindExits(Variable& variable, Loop& loop) const {
    for (const ir::Use& use : graph_.uses(variable.value)) {
      const ir::Node& node = graph_.node(use.node);
      if (node.op() != kSwitch || use.operand != 0 || !Produces(graph_, node.input(1), kLoopCond)) continue;
      loop.goes_on = node.input(1);
      for (const ir::Use& left : graph_.uses(node.output(0))) {
        if (graph_.node(left.node).op() == kExit) variable.exits.push_back(left.node);
      }
    }
    std::sort(variable.exits.begin(), variable.exits.end());
  }

  Slice SliceOf(const Loop& loop) const {
    return Slice(graph_, [this, &loop](ir::ValueId value) -> Role {
      if (IsOutside(graph_, value)) return {Role::kInput, value};
      if (Produces(graph_, value, kEnter)) return {Role::kInput, value};
      if (Produces(graph_, value, kExit)) return {Role::kUnready};
      for (const Variable& variable : loop.variables) {
        if (variable.value == value) return {Role::kInput, value};
      }
      const ir::NodeId producer = graph_.producer(value);
      if (value == loop.goes_on) return {Role::kCopyOf, graph_.node(producer).input(0)};
      if (Produces(graph_, value, kSwitch) && graph_.node(producer).input(1) == loop.goes_on) {
        return {Role::kCopyOf, graph_.node(producer).input(0)};
      }
      return {Role::kInside};
    });
  }

  // What stands outside for an input of the loop's graphs.
  ir::ValueId Operand(ir::ValueId input) const {
    if (IsOutside(graph_, input)) return input;
    const ir::Node& node = graph_.node(graph_.producer(input));
    return node.op() == kMerge ? Operand(node.input(0)) : node.input(0);
  }

  // False when there are loops within this one that have to be raised first.
  absl::StatusOr<bool> Raise(const Loop& loop) {
    Slice condition = SliceOf(loop), body = SliceOf(loop);
    std::vector<ir::ValueId> inputs, results;
    if (!condition.Collect(loop.goes_on)) return false;
    for (const Variable& variable : loop.variables) {
      inputs.push_back(variable.value);
      results.push_back(graph_.node(variable.next_iteration).input(0));
      if (!body.Collect(results.back())) return false;
    }
    // What the loop only reads goes around with it.
    for (const Slice* slice : {&condition, &body}) {
      for (ir::ValueId input : slice->inputs()) {
        if (std::find(inputs.begin(), inputs.end(), input) != inputs.end()) continue;
        inputs.push_back(input);
        results.push_back(input);
      }
    }
    ir::Graph graphs[] = {condition.Copy(absl::StrCat(loop.frame, "_cond"), inputs, {loop.goes_on}),
                          body.Copy(absl::StrCat(loop.frame, "_body"), inputs, results)};
    for (ir::Graph& graph : graphs) ZP_RETURN_IF_ERROR(BranchRaiser(graph, called_).Run());
    ir::NodeInfo info{.op = "WHILE", .name = loop.frame};
    info.attrs.Set("cond_subgraph_index", int64_t{called_.Add(std::move(graphs[0]))});
    info.attrs.Set("body_subgraph_index", int64_t{called_.Add(std::move(graphs[1]))});
    AddLoop(loop, std::move(info), inputs);
    return true;
  }

  void AddLoop(const Loop& loop, ir::NodeInfo info, const std::vector<ir::ValueId>& inputs) {
    std::vector<ir::ValueId> operands, outputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      operands.push_back(Operand(inputs[i]));
      ir::Value result;
      result.name = i == 0 ? info.name : absl::StrCat(info.name, ":", i);
      result.type = graph_.value(inputs[i]).type;
      result.shape = ir::Shape::Unranked();
      outputs.push_back(graph_.AddValue(std::move(result)));
    }
    for (size_t i = 0; i < loop.variables.size(); ++i) {
      for (ir::NodeId exit : loop.variables[i].exits) {
        // A result of the model keeps its name.
        const ir::ValueId result = graph_.node(exit).output();
        graph_.value(outputs[i]).name = graph_.value(result).name;
        graph_.ReplaceUses(result, outputs[i]);
        graph_.RemoveNode(exit);
      }
    }
    graph_.AddNode(std::move(info), std::move(operands), std::move(outputs));
  }

  ir::Graph& graph_;
  CalledGraphs& called_;
  std::vector<Loop> loops_;
};

}  // namespace

int CalledGraphs::Add(ir::Graph graph) {
  graphs.push_back(std::move(graph));
  return first_index + static_cast<int>(graphs.size()) - 1;
}

absl::Status RaiseDataflow(ir::Graph& graph, const std::vector<BackEdge>& back_edges, CalledGraphs& called) {
  ZP_RETURN_IF_ERROR(LoopRaiser(graph, called).Run(back_edges));
  return BranchRaiser(graph, called).Run();
}

}  // namespace zeropoint::formats::saved_model
