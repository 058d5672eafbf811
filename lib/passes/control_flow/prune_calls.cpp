// Before: y, z = WHILE(x, s) with an s that the body hands through
// After:  s is read where z was; where nothing in the loop reads s, y = WHILE(x)
//
// Before: y, z = WHILE(x, l), nobody reads z, the condition does not read l, and the body reads it for the next l alone
// After:  y = WHILE(x), and the body does not compute the second result
//
// Before: y, z = IF(c, x, s), nobody reads z, and no branch reads s
// After:  y = IF(c, x)
//
// Before: y = IF(c, x) or WHILE(x), nobody reads y
// After:  nothing
//
// Before: y, z = WHILE(x, s), the body's results are {n, a} of its inputs {a, b}
// After:  z, y = WHILE(s, x), the body's results are {a, n} of its inputs {b, a}
//
// Conditions: nobody else calls those graphs; a node goes as a whole only when nothing in its graphs has other effects.
// Algebra: none. TensorFlow's converter drops the same. A loop keeps one variable at least, as LiteRT wants it. The
// order of variables matters because LiteRT's WHILE copies the results over the inputs one after the other: an input
// that is the next value of another variable must not be overwritten before. Variables that change places in a circle
// are refused.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "passes/canonical/effects.h"
#include "passes/control_flow/calls.h"
#include "passes/control_flow/control_flow.h"

namespace zeropoint::passes {
namespace {

// Whether nobody reads input `i` of the graph.
bool Ignores(const ir::Graph& graph, size_t i) { return graph.NumUses(graph.inputs[i]) == 0; }

bool ForwardInvariant(const Call& call, size_t i) {
  const ir::Node& node = call.caller->node(call.node);
  const ir::ValueId result = node.output(static_cast<int>(i));
  if (call.body().outputs[i] != call.body().inputs[i] || call.caller->NumUses(result) == 0) return false;
  // A result of the model keeps its name and stays a result of a node.
  if (call.caller->IsGraphOutput(result)) return false;
  call.caller->ReplaceUses(result, node.input(static_cast<int>(i)));
  return true;
}

// The variables that matter: to somebody who reads their last value, to the condition, to effects, or to such
// variables.
std::vector<bool> NeededVariables(const Call& call) {
  const ir::Graph& body = call.body();
  std::vector<bool> needed(body.inputs.size(), false);
  std::unordered_map<ir::ValueId, size_t> variable_of;  // by input of the body
  for (size_t i = 0; i < needed.size(); ++i) variable_of.emplace(body.inputs[i], i);
  std::unordered_set<ir::ValueId> met;
  std::vector<ir::ValueId> open;
  auto need = [&](ir::ValueId id) {
    if (id != ir::kNoValue && met.insert(id).second) open.push_back(id);
  };
  auto need_variable = [&](size_t i) {
    needed[i] = true;
    need(body.outputs[i]);
  };
  for (size_t i = 0; i < needed.size(); ++i) {
    const ir::ValueId result = call.caller->node(call.node).output(static_cast<int>(i));
    if (call.caller->NumUses(result) > 0 || !Ignores(*call.callees[0], i)) need_variable(i);
  }
  for (ir::NodeId id = body.first(); id != ir::kNoNode; id = body.next(id)) {
    if (!HasEffects(body.node(id))) continue;
    for (ir::ValueId operand : body.node(id).inputs()) need(operand);
  }
  while (!open.empty()) {
    const ir::ValueId now = open.back();
    open.pop_back();
    const auto variable = variable_of.find(now);
    if (variable != variable_of.end()) need_variable(variable->second);
    if (body.producer(now) == ir::kNoNode) continue;
    for (ir::ValueId operand : body.node(body.producer(now)).inputs()) need(operand);
  }
  return needed;
}

int PruneLoop(const Call& call) {
  int applied = 0;
  for (size_t i = 0; i < call.body().inputs.size(); ++i) applied += ForwardInvariant(call, i) ? 1 : 0;
  std::vector<bool> needed = NeededVariables(call);
  if (std::find(needed.begin(), needed.end(), true) == needed.end()) return applied;
  for (size_t i = needed.size(); i-- > 0;) {
    if (!needed[i]) RemoveResult(call, i);
  }
  call.body().RemoveDeadNodes([](const ir::Node& node) { return HasEffects(node); });
  for (size_t i = needed.size(); i-- > 0;) {
    if (needed[i]) continue;
    RemoveArgument(call, i);
    ++applied;
  }
  return applied;
}

// The order in which each variable comes before those whose input is its next value; empty when there is none.
std::vector<size_t> SafeOrder(const ir::Graph& body) {
  const size_t count = body.inputs.size();
  std::vector<size_t> order;
  std::vector<bool> placed(count, false);
  auto waits = [&](size_t k) {
    for (size_t j = 0; j < count; ++j) {
      if (j != k && !placed[j] && body.outputs[j] == body.inputs[k]) return true;
    }
    return false;
  };
  for (size_t k = 0; k < count;) {
    if (placed[k] || waits(k)) {
      ++k;
      continue;
    }
    placed[k] = true;
    order.push_back(k);
    k = 0;
  }
  return order.size() == count ? order : std::vector<size_t>();
}

std::vector<ir::ValueId> Ordered(absl::Span<const ir::ValueId> values, const std::vector<size_t>& order) {
  std::vector<ir::ValueId> ordered;
  for (size_t i : order) ordered.push_back(values[i]);
  return ordered;
}

// How many variables have moved.
absl::StatusOr<int> OrderVariables(const Call& call) {
  const std::vector<size_t> order = SafeOrder(call.body());
  const ir::Node& node = call.caller->node(call.node);
  if (order.empty()) {
    absl::Status status =
        absl::UnimplementedError("variables of the loop change places in a circle, which LiteRT's WHILE does not do");
    return Annotate(Annotate(std::move(status), Place::kNode, node.info.name), Place::kOp, node.op());
  }
  int moved = 0;
  for (size_t i = 0; i < order.size(); ++i) moved += order[i] != i ? 1 : 0;
  if (moved == 0) return 0;
  for (ir::Graph* callee : call.callees) callee->inputs = Ordered(callee->inputs, order);
  call.body().outputs = Ordered(call.body().outputs, order);
  call.caller->SetInputs(call.node, Ordered(node.inputs(), order));
  call.caller->SetOutputs(call.node, Ordered(node.outputs(), order));
  return moved;
}

int PruneBranches(const Call& call) {
  int applied = 0;
  for (size_t i = call.callees[0]->outputs.size(); i-- > 0;) {
    if (call.caller->NumUses(call.caller->node(call.node).output(static_cast<int>(i))) > 0) continue;
    RemoveResult(call, i);
    ++applied;
  }
  for (size_t i = call.callees[0]->inputs.size(); i-- > 0;) {
    if (!Ignores(*call.callees[0], i) || !Ignores(*call.callees[1], i)) continue;
    RemoveArgument(call, i);
    ++applied;
  }
  return applied;
}

bool IsDead(const ir::Model& model, const Call& call) {
  const ir::Node& node = call.caller->node(call.node);
  for (ir::ValueId result : node.outputs()) {
    if (call.caller->NumUses(result) > 0) return false;
  }
  return !CallHasEffects(model, node);
}

}  // namespace

absl::StatusOr<int> PruneCalls(ir::Model& model) {
  int applied = 0;
  for (const Call& call : OwnCalls(model)) {
    if (IsDead(model, call)) {
      call.caller->RemoveNode(call.node);
      ++applied;
      continue;
    }
    if (!call.is_loop) {
      applied += PruneBranches(call);
      continue;
    }
    applied += PruneLoop(call);
    ZP_ASSIGN_OR_RETURN(int moved, OrderVariables(call));
    applied += moved;
  }
  return applied;
}

}  // namespace zeropoint::passes
