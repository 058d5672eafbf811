#include "formats/saved_model/dataflow.h"

#include <algorithm>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace zeropoint::formats::saved_model {
namespace {

constexpr struct {
  absl::string_view op;
  Dataflow kind;
} kDataflow[] = {
    {"Enter", Dataflow::kEnter}, {"Exit", Dataflow::kExit},     {"LoopCond", Dataflow::kLoopCond},
    {"Merge", Dataflow::kMerge}, {"Switch", Dataflow::kSwitch}, {"NextIteration", Dataflow::kNextIteration},
};

// As an output's number: the node itself, for which a control edge waits.
constexpr int kWholeNode = -1;

absl::Status AtNode(absl::Status status, const Source& at) {
  return Annotate(Annotate(std::move(status), Place::kNode, PathOf(*at.frame, *at.node)), Place::kOp, at.node->op);
}

Source Whole(Source port) { return {port.frame, port.node, kWholeNode}; }

}  // namespace

Dataflow DataflowOf(const NodeDef& node) {
  const absl::string_view op = absl::StripPrefix(node.op, "Ref");
  for (const auto& row : kDataflow) {
    if (row.op == op) return row.kind;
  }
  return Dataflow::kNone;
}

absl::string_view DataflowName(Dataflow kind) {
  for (const auto& row : kDataflow) {
    if (row.kind == kind) return row.op;
  }
  return "";
}

absl::StatusOr<Deadness::MergeInputs> Deadness::InputsOf(const Source& merge) const {
  MergeInputs inputs;
  for (size_t i = 0; !DataInput(*merge.node, i).empty(); ++i) {
    ZP_ASSIGN_OR_RETURN(Source source, program_.Resolve(*merge.frame, DataInput(*merge.node, i)));
    const bool around = DataflowOf(*source.node) == Dataflow::kNextIteration;
    (around ? inputs.around : inputs.forward).push_back(source);
  }
  const bool as_made =
      inputs.around.empty() ? inputs.forward.size() == 2 : inputs.forward.size() == 1 && inputs.around.size() == 1;
  if (as_made) return inputs;
  return absl::UnimplementedError(absl::StrCat("a Merge of ", inputs.forward.size() + inputs.around.size(),
                                               " inputs in this form is not supported"));
}

absl::StatusOr<Source> Deadness::WithoutIdentities(Source port) const {
  // A chain of identities is as long as the graph at most; a longer one is a circle.
  for (size_t i = 0; port.node->op == "Identity" && i < port.frame->body->nodes->size(); ++i) {
    ZP_ASSIGN_OR_RETURN(port, program_.Resolve(*port.frame, DataInput(*port.node, 0)));
  }
  return port;
}

bool Deadness::Has(const Conditions& conditions, const Condition& wanted) {
  return std::any_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    return condition.side == wanted.side && PortEqual()(condition.predicate, wanted.predicate);
  });
}

const Deadness::Condition* Deadness::Opposite(const Conditions& first, const Conditions& second) {
  for (const Condition& condition : first) {
    if (Has(second, {condition.predicate, !condition.side})) return &condition;
  }
  return nullptr;
}

// A Merge that a loop goes through, or a Switch where it may be left: neither is about a branch.
absl::StatusOr<bool> Deadness::IsOfLoop(const Source& at) const {
  if (DataflowOf(*at.node) == Dataflow::kMerge) {
    ZP_ASSIGN_OR_RETURN(MergeInputs inputs, InputsOf(at));
    return !inputs.around.empty();
  }
  ZP_ASSIGN_OR_RETURN(Source predicate, program_.Resolve(*at.frame, DataInput(*at.node, 1)));
  ZP_ASSIGN_OR_RETURN(predicate, WithoutIdentities(predicate));
  return DataflowOf(*predicate.node) == Dataflow::kLoopCond;
}

absl::StatusOr<std::vector<Source>> Deadness::Needs(const Source& port) const {
  std::vector<Source> needs;
  for (absl::string_view input : port.node->inputs) {
    if (IsControlEdge(input)) {
      auto at = port.frame->body->by_name.find(input.substr(1));
      if (at != port.frame->body->by_name.end()) needs.push_back({port.frame, at->second, kWholeNode});
      continue;
    }
    ZP_ASSIGN_OR_RETURN(Source source, program_.Producer(*port.frame, input));
    const Dataflow kind = DataflowOf(*source.node);
    if (kind == Dataflow::kNextIteration) continue;
    needs.push_back(kind == Dataflow::kSwitch ? source : Whole(source));
  }
  // A function that is called runs where its call does.
  if (port.frame->call != nullptr && !port.frame->is_graph) {
    needs.push_back({port.frame->caller, port.frame->call, kWholeNode});
  }
  return needs;
}

absl::StatusOr<Deadness::Conditions> Deadness::Combine(const Source& port, const std::vector<Source>& needs) {
  Conditions conditions;
  for (const Source& need : needs) {
    auto known = known_.find(need);
    if (known == known_.end()) continue;
    for (const Condition& condition : known->second) {
      if (!Has(conditions, condition)) conditions.push_back(condition);
    }
  }
  const Dataflow kind = DataflowOf(*port.node);
  if (kind != Dataflow::kSwitch && kind != Dataflow::kMerge) return conditions;
  ZP_ASSIGN_OR_RETURN(const bool of_loop, IsOfLoop(port));
  if (of_loop) return conditions;
  if (kind == Dataflow::kSwitch && port.output != kWholeNode) {
    Condition own{.side = port.output == 1};
    ZP_ASSIGN_OR_RETURN(own.predicate, program_.Resolve(*port.frame, DataInput(*port.node, 1)));
    ZP_ASSIGN_OR_RETURN(own.predicate, WithoutIdentities(own.predicate));
    if (!Has(conditions, own)) conditions.push_back(own);
  }
  if (kind == Dataflow::kMerge && needs.size() >= 2) {
    const Condition* decided = Opposite(known_[needs[0]], known_[needs[1]]);
    if (decided != nullptr) {
      const Source predicate = decided->predicate;
      conditions.erase(std::remove_if(conditions.begin(), conditions.end(),
                                      [&](const Condition& c) { return PortEqual()(c.predicate, predicate); }),
                       conditions.end());
    }
  }
  return conditions;
}

// Depth first without recursion: graphs are thousands of nodes deep.
absl::StatusOr<Deadness::Conditions> Deadness::ConditionsOf(const Source& port) {
  struct Visit {
    Source port;
    std::vector<Source> needs;
    size_t next = 0;
  };
  std::vector<Visit> stack;
  std::unordered_set<Source, PortHash, PortEqual> begun;
  auto begin = [&](const Source& wanted) -> absl::Status {
    if (known_.count(wanted) != 0 || !begun.insert(wanted).second) return absl::OkStatus();
    auto needs = Needs(wanted);
    if (!needs.ok()) return AtNode(needs.status(), wanted);
    stack.push_back({wanted, *std::move(needs)});
    return absl::OkStatus();
  };
  ZP_RETURN_IF_ERROR(begin(port));
  while (!stack.empty()) {
    Visit& top = stack.back();
    if (top.next < top.needs.size()) {
      const Source need = top.needs[top.next++];
      ZP_RETURN_IF_ERROR(begin(need));  // may move `top`
      continue;
    }
    auto conditions = Combine(top.port, top.needs);
    if (!conditions.ok()) return AtNode(conditions.status(), top.port);
    known_[top.port] = *std::move(conditions);
    stack.pop_back();
  }
  return known_[port];
}

absl::StatusOr<Choice> Deadness::ChoiceOf(const Source& merge) {
  ZP_ASSIGN_OR_RETURN(MergeInputs inputs, InputsOf(merge));
  std::vector<Conditions> conditions;
  for (size_t i = 0; i < 2; ++i) {
    ZP_ASSIGN_OR_RETURN(Source source, program_.Producer(*merge.frame, DataInput(*merge.node, i)));
    if (DataflowOf(*source.node) != Dataflow::kSwitch) source = Whole(source);
    ZP_ASSIGN_OR_RETURN(Conditions of_input, ConditionsOf(source));
    conditions.push_back(std::move(of_input));
  }
  const Condition* decided = Opposite(conditions[0], conditions[1]);
  if (decided == nullptr) {
    return absl::UnimplementedError("no predicate tells the inputs of the Merge apart");
  }
  const size_t if_true = decided->side ? 0 : 1;
  return Choice{decided->predicate, inputs.forward[1 - if_true], inputs.forward[if_true]};
}

}  // namespace zeropoint::formats::saved_model
