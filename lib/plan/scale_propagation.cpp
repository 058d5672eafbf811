#include "plan/scale_propagation.h"

#include <algorithm>

namespace zeropoint::plan {
namespace {

using numeric::Affine;

int CountFloatOperands(const ir::Graph& graph, const ir::Node& node) {
  return static_cast<int>(
      std::count_if(node.inputs().begin(), node.inputs().end(), [&](ir::ValueId id) { return IsFloat(graph, id); }));
}

Affine Params(const ops::FixedParams& fixed) { return {fixed.scale, fixed.zero_point}; }

// The op takes part in propagation, even when it stays float in the end (a constraint without an integer kernel).
bool Participates(const ops::QuantSpec& spec) { return spec.int8 || spec.same_scale; }

}  // namespace

ScalePropagation::ScalePropagation(const Task& task)
    : task_(task), graph_(task.graph), states_(static_cast<size_t>(task.graph.num_values())) {
  for (ir::ValueId id : ValuesWithOwnRange()) {
    const ir::Range& range = *task.RangeOf(id);
    State& state = states_[static_cast<size_t>(id)];
    state.params = numeric::ActivationInt8(range.min, range.max);
    state.calibrated = true;
  }
  Propagate();
  MergeTrivialRequantizations();
}

// Ranges that a constraint would contradict are dropped before anything else: parameters flow forward through
// same-scale ops with one float operand, and backward from the result to the operands of those with several.
std::set<ir::ValueId> ScalePropagation::ValuesWithOwnRange() const {
  std::vector<ir::ValueId> ranged;
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    if (IsFloat(graph_, id) && !graph_.value(id).is_constant && task_.RangeOf(id) != nullptr) ranged.push_back(id);
  }
  std::set<ir::ValueId> dropped;
  std::vector<ir::ValueId> forward = ranged;
  std::set<ir::ValueId> seen(ranged.begin(), ranged.end());
  while (!forward.empty()) {
    const ir::ValueId id = forward.back();
    forward.pop_back();
    const ir::NodeId producer = graph_.producer(id);
    if (producer != ir::kNoNode && task_.SpecOf(producer).fixed_int8.has_value()) dropped.insert(id);
    for (const ir::Use& use : graph_.uses(id)) {
      const ir::Node& reader = graph_.node(use.node);
      if (!task_.SpecOf(use.node).same_scale || CountFloatOperands(graph_, reader) > 1) continue;
      for (ir::ValueId result : reader.outputs()) {
        if (seen.count(result) > 0 && dropped.insert(result).second) forward.push_back(result);
      }
    }
  }
  struct Imposed {
    ir::ValueId value, by;  // whose range it gets
  };
  std::vector<Imposed> backward;
  for (ir::ValueId id : ranged) {
    if (dropped.count(id) == 0) backward.push_back({id, id});
  }
  std::set<ir::ValueId> visited;
  while (!backward.empty()) {
    const auto [id, by] = backward.back();
    backward.pop_back();
    const ir::NodeId producer = graph_.producer(id);
    if (!visited.insert(id).second || producer == ir::kNoNode || !task_.SpecOf(producer).same_scale) continue;
    for (ir::ValueId operand : graph_.node(producer).inputs()) {
      if (operand == ir::kNoValue || seen.count(operand) == 0) continue;
      if (WouldCutForOthers(operand, by)) continue;
      dropped.insert(operand);
      backward.push_back({operand, by});
    }
  }
  for (ir::ValueId id : dropped) seen.erase(id);
  return seen;
}

// Others read the operand too, and more than a fifth of its range would be cut off by the one that is imposed, for
// instance that of MINIMUM(x, 1). A smaller cut costs less than the coarser steps of the whole range.
bool ScalePropagation::WouldCutForOthers(ir::ValueId operand, ir::ValueId result) const {
  if (graph_.uses(operand).size() <= 1 && !graph_.IsGraphOutput(operand)) return false;
  constexpr float kWiderThanCutsCost = 1.25f;
  const auto width = [this](ir::ValueId id) {
    const ir::Range& range = *task_.RangeOf(id);
    return std::max(range.max, 0.0f) - std::min(range.min, 0.0f);
  };
  return width(operand) > kWiderThanCutsCost * width(result);
}

ScalePropagation::State& ScalePropagation::OperandState(ir::NodeId id, int operand) {
  const ir::ValueId value = graph_.node(id).input(operand);
  // Each use of a constant may have parameters of its own: it is copied then.
  return graph_.value(value).is_constant ? constants_[{id, operand}] : states_[static_cast<size_t>(value)];
}

void ScalePropagation::Propagate() {
  // Last op first: where two constraints meet, that of the later op decides.
  for (ir::NodeId id : graph_.Order()) {
    if (Participates(task_.SpecOf(id))) stack_.push_back(id);
  }
  while (!stack_.empty()) {
    const ir::NodeId id = stack_.back();
    stack_.pop_back();
    const ir::Node& node = graph_.node(id);
    const ops::QuantSpec& spec = task_.SpecOf(id);
    if (!Participates(spec) || done_.count(id) > 0) continue;
    if (spec.same_scale) {
      const std::optional<Affine> params = SharedParams(id);
      if (!params.has_value()) continue;  // a neighbour that gets parameters calls it again
      done_.insert(id);
      for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
        if (IsFloat(graph_, node.input(i))) SetOperand(id, i, *params);
      }
      for (ir::ValueId result : node.outputs()) {
        if (IsFloat(graph_, result)) SetResult(result, *params);
      }
    }
    done_.insert(id);
    if (!spec.fixed_int8.has_value()) continue;
    for (ir::ValueId result : node.outputs()) {
      if (IsFloat(graph_, result)) SetResult(result, Params(*spec.fixed_int8));
    }
  }
}

// The one set of parameters of a same-scale op's operands and results.
std::optional<Affine> ScalePropagation::SharedParams(ir::NodeId id) {
  const ir::Node& node = graph_.node(id);
  std::vector<const State*> operands, results;
  for (int i = 0; i < static_cast<int>(node.inputs().size()); ++i) {
    if (IsFloat(graph_, node.input(i))) operands.push_back(&OperandState(id, i));
  }
  for (ir::ValueId result : node.outputs()) {
    if (!IsFloat(graph_, result)) continue;
    // An operand's parameters would cut off what makes the result wide: a SELECT_V2 that masks stays float.
    if (task_.IsTooWide(result)) return std::nullopt;
    results.push_back(&states_[static_cast<size_t>(result)]);
  }
  auto first = [](const std::vector<const State*>& states, bool calibrated) -> const State* {
    auto at = std::find_if(states.begin(), states.end(),
                           [&](const State* s) { return s->params.has_value() && s->calibrated == calibrated; });
    return at == states.end() ? nullptr : *at;
  };
  for (bool calibrated : {true, false}) {
    const State* operand = first(operands, calibrated);
    const State* result = first(results, calibrated);
    if (node.inputs().size() == 1 && operand != nullptr) return operand->params;
    if (node.outputs().size() == 1 && result != nullptr) return result->params;
    if (operand != nullptr) return operand->params;
    if (result != nullptr) return result->params;
  }
  return std::nullopt;
}

void ScalePropagation::SetOperand(ir::NodeId id, int operand, const Affine& params) {
  State& state = OperandState(id, operand);
  if (state.params.has_value()) {
    // What the producer's word on its result has requantized for everyone includes this reader unless it says
    // otherwise.
    if ((state.all_readers.has_value() ? state.all_readers : state.params) != params) {
      state.readers[{id, operand}] = params;
    }
    return;
  }
  state.params = params;
  const ir::NodeId producer = graph_.producer(graph_.node(id).input(operand));
  if (producer != ir::kNoNode) stack_.push_back(producer);
}

void ScalePropagation::SetResult(ir::ValueId id, const Affine& params) {
  State& state = states_[static_cast<size_t>(id)];
  if (state.params == params) return;
  // The producer's word on its result counts; whoever wanted something else reads it requantized.
  if (state.params.has_value() && !state.all_readers.has_value()) state.all_readers = state.params;
  state.params = params;
  for (const ir::Use& use : graph_.uses(id)) stack_.push_back(use.node);
}

bool ScalePropagation::CanQuantize(ir::ValueId id) const {
  const ir::NodeId producer = graph_.producer(id);
  if (states_[static_cast<size_t>(id)].calibrated || producer == ir::kNoNode) return true;
  return !task_.Takes(producer) || Participates(task_.SpecOf(producer));
}

// A producer that is free to choose its parameters takes those its only reader wants.
void ScalePropagation::MergeTrivialRequantizations() {
  for (ir::ValueId id = 0; id < graph_.num_values(); ++id) {
    State& state = states_[static_cast<size_t>(id)];
    const ir::NodeId producer = graph_.producer(id);
    if (producer == ir::kNoNode || graph_.NumUses(id) != 1 || graph_.uses(id).size() != 1) continue;
    const ops::QuantSpec& spec = task_.SpecOf(producer);
    if (!spec.int8 || spec.same_scale || spec.fixed_int8.has_value()) continue;
    const ir::Use use = graph_.uses(id)[0];
    const std::optional<Affine> wanted = Read(use.node, use.operand);
    if (!wanted.has_value()) continue;
    state.params = wanted;
    state.readers.clear();
    state.all_readers.reset();
  }
}

std::optional<Affine> ScalePropagation::Stored(ir::ValueId id) const {
  return CanQuantize(id) ? states_[static_cast<size_t>(id)].params : std::nullopt;
}

std::optional<Affine> ScalePropagation::Read(ir::NodeId node, int operand) const {
  const ir::ValueId id = graph_.node(node).input(operand);
  if (graph_.value(id).is_constant) {
    auto at = constants_.find({node, operand});
    return at == constants_.end() ? std::nullopt : at->second.params;
  }
  if (!CanQuantize(id)) return std::nullopt;
  const State& state = states_[static_cast<size_t>(id)];
  auto own = state.readers.find({node, operand});
  if (own != state.readers.end()) return own->second;
  return state.all_readers.has_value() ? state.all_readers : state.params;
}

}  // namespace zeropoint::plan
