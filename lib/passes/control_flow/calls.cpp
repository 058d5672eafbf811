#include "passes/control_flow/calls.h"

#include <set>
#include <utility>

#include "ops/called_graphs.h"
#include "ops/op_def.h"
#include "passes/edit.h"

namespace zeropoint::passes {
namespace {

// How many nodes call each graph; graphs with a signature are called from outside too.
std::vector<int> CountCallers(const ir::Model& model) {
  std::vector<int> callers(model.graphs.size(), 0);
  auto count = [&](int graph) {
    if (graph >= 0 && static_cast<size_t>(graph) < callers.size()) ++callers[static_cast<size_t>(graph)];
  };
  count(0);
  for (const ir::Signature& signature : model.signatures) count(signature.graph);
  for (const ir::Graph& graph : model.graphs) {
    for (ir::NodeId id : graph.Order()) {
      for (int callee : ops::CalledGraphs(graph.node(id))) count(callee);
    }
  }
  return callers;
}

bool Fits(const Call& call) {
  const ir::Node& node = call.caller->node(call.node);
  const size_t arguments = node.inputs().size() - static_cast<size_t>(call.first_operand());
  for (const ir::Graph* callee : call.callees) {
    const bool condition = call.is_loop && callee == call.callees[0];
    if (callee->inputs.size() != arguments) return false;
    if (callee->outputs.size() != (condition ? 1 : node.outputs().size())) return false;
  }
  return !call.is_loop || arguments == node.outputs().size();
}

void Erase(std::vector<ir::ValueId>& values, size_t i) {
  values.erase(values.begin() + static_cast<std::ptrdiff_t>(i));
}

// `open`: callers on the way here. `harmless`: graphs that have been found to have none, which may be called again.
bool GraphHasEffects(const ir::Model& model, int index, std::set<int>& open, std::set<int>& harmless) {
  if (harmless.count(index) > 0) return false;
  if (index < 0 || static_cast<size_t>(index) >= model.graphs.size() || !open.insert(index).second) return true;
  const ir::Graph& graph = model.graphs[static_cast<size_t>(index)];
  bool effects = false;
  for (ir::NodeId id = graph.first(); id != ir::kNoNode && !effects; id = graph.next(id)) {
    const ir::Node& node = graph.node(id);
    const ops::OpDef* op = ops::FindOp(node.op());
    const std::vector<int> callees = ops::CalledGraphs(node);
    // An op without a record may do anything; those of TensorFlow get one before this can matter.
    effects = op == nullptr || (op->has_side_effects && callees.empty());
    for (int callee : callees) effects = effects || GraphHasEffects(model, callee, open, harmless);
  }
  open.erase(index);
  if (!effects) harmless.insert(index);
  return effects;
}

}  // namespace

std::vector<Call> OwnCalls(ir::Model& model) {
  const std::vector<int> callers = CountCallers(model);
  std::vector<Call> calls;
  for (ir::Graph& graph : model.graphs) {
    for (ir::NodeId id : graph.Order()) {
      const ir::Node& node = graph.node(id);
      if (node.op() != kIf && node.op() != kWhile) continue;
      Call call{.caller = &graph, .node = id, .is_loop = node.op() == kWhile};
      for (int callee : ops::CalledGraphs(node)) {
        const bool own =
            callee >= 0 && static_cast<size_t>(callee) < callers.size() && callers[static_cast<size_t>(callee)] == 1;
        if (own) call.callees.push_back(&model.graphs[static_cast<size_t>(callee)]);
      }
      // A loop's first graph is its condition: the record lists the fields in the order of the file's format.
      if (call.callees.size() == 2 && Fits(call)) calls.push_back(std::move(call));
    }
  }
  return calls;
}

void RemoveArgument(const Call& call, size_t i) {
  for (ir::Graph* callee : call.callees) Erase(callee->inputs, i);
  const ir::Node& node = call.caller->node(call.node);
  std::vector<ir::ValueId> operands(node.inputs().begin(), node.inputs().end());
  Erase(operands, i + static_cast<size_t>(call.first_operand()));
  call.caller->SetInputs(call.node, std::move(operands));
}

void RemoveResult(const Call& call, size_t i) {
  for (ir::Graph* callee : call.callees) {
    if (call.is_loop && callee == call.callees[0]) continue;
    Erase(callee->outputs, i);
  }
  const ir::Node& node = call.caller->node(call.node);
  std::vector<ir::ValueId> results(node.outputs().begin(), node.outputs().end());
  Erase(results, i);
  call.caller->SetOutputs(call.node, std::move(results));
}

bool CallHasEffects(const ir::Model& model, const ir::Node& node) {
  std::set<int> open, harmless;
  for (int callee : ops::CalledGraphs(node)) {
    if (GraphHasEffects(model, callee, open, harmless)) return true;
  }
  return false;
}

void BodyCopy::Bind(absl::Span<const ir::ValueId> of_body, absl::Span<const ir::ValueId> of_caller) {
  for (size_t i = 0; i < of_body.size(); ++i) copies_.emplace(of_body[i], of_caller[i]);
}

void BodyCopy::AddNodes(ir::NodeId before) {
  for (ir::NodeId id : body_.Order()) {
    const ir::Node& node = body_.node(id);
    ir::NodeInfo info = node.info;
    info.intermediates = Of(info.intermediates);
    std::vector<ir::ValueId> inputs = Of(node.inputs());
    caller_.AddNode(std::move(info), std::move(inputs), Of(node.outputs()), before);
  }
}

std::vector<ir::ValueId> BodyCopy::Of(absl::Span<const ir::ValueId> of_body) {
  std::vector<ir::ValueId> copies;
  for (ir::ValueId id : of_body) {
    if (id == ir::kNoValue) {
      copies.push_back(id);
      continue;
    }
    const auto [at, is_new] = copies_.emplace(id, ir::kNoValue);
    if (is_new) at->second = caller_.AddValue(body_.value(id));
    copies.push_back(at->second);
  }
  return copies;
}

void InlineCall(const ir::Graph& callee, ir::Graph& caller, ir::NodeId call, int first_operand) {
  BodyCopy copy(callee, caller);
  const absl::Span<const ir::ValueId> operands = caller.node(call).inputs();
  copy.Bind(callee.inputs, operands.subspan(static_cast<size_t>(first_operand)));
  copy.AddNodes(call);
  Forward(caller, call, copy.Of(callee.outputs));
}

}  // namespace zeropoint::passes
