#include "formats/saved_model/accesses.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace zeropoint::formats::saved_model {
namespace {

constexpr absl::string_view kNoUse[] = {"DisableCopyOnRead", "Identity", "IdentityN", "VarIsInitializedOp",
                                        "VariableShape"};

bool OnlyHandsOn(absl::string_view op) {
  return std::find(std::begin(kNoUse), std::end(kNoUse), op) != std::end(kNoUse);
}

class Walk {
 public:
  Walk(Program& program, const AssignedVariables& changed) : program_(program), changed_(changed) {}

  absl::StatusOr<std::vector<Source>> Run(const std::vector<Source>& roots) {
    for (const Source& root : roots) {
      ZP_RETURN_IF_ERROR(Open(root));
      ZP_RETURN_IF_ERROR(Settle());
    }
    return std::move(accesses_);
  }

 private:
  // A node, and what has to run before it.
  struct Visit {
    Source at;
    std::vector<Source> before;
    size_t next = 0;
  };

  // Without recursion: graphs are thousands of nodes deep.
  absl::Status Settle() {
    while (!stack_.empty()) {
      Visit& top = stack_.back();
      if (top.next < top.before.size()) {
        const Source before = top.before[top.next++];
        ZP_RETURN_IF_ERROR(Open(before));  // may move `top`
        continue;
      }
      ZP_ASSIGN_OR_RETURN(const bool uses, Uses(*top.at.frame, *top.at.node));
      if (uses) accesses_.push_back(top.at);
      stack_.pop_back();
    }
    return absl::OkStatus();
  }

  absl::Status Open(const Source& at) {
    if (!met_.insert({at.frame, at.node}).second) return absl::OkStatus();
    Visit visit{.at = at};
    // Nothing of a function runs before the call's own inputs are there.
    const Frame& frame = *at.frame;
    if (frame.caller != nullptr && !frame.is_graph && entered_.insert(at.frame).second) {
      AddInputs(*frame.caller, *frame.call, visit.before);
    }
    AddInputs(*at.frame, *at.node, visit.before);
    ZP_ASSIGN_OR_RETURN(Frame * callee, program_.Callee(*at.frame, *at.node));
    if (callee != nullptr) {
      for (const NodeDef& node : *callee->body->nodes) visit.before.push_back({callee, &node, 0});
    }
    stack_.push_back(std::move(visit));
    return absl::OkStatus();
  }

  // The nodes of the frame that the node waits for. A function's arguments are the call's inputs.
  static void AddInputs(Frame& frame, const NodeDef& node, std::vector<Source>& before) {
    for (absl::string_view input : node.inputs) {
      if (IsControlEdge(input)) input.remove_prefix(1);
      auto producer = frame.body->by_name.find(input.substr(0, input.find(':')));
      if (producer != frame.body->by_name.end()) before.push_back({&frame, producer->second, 0});
    }
  }

  absl::StatusOr<bool> Uses(Frame& frame, const NodeDef& node) {
    ZP_ASSIGN_OR_RETURN(std::vector<Frame*> branches, program_.Branches(frame, node));
    for (Frame* branch : branches) {
      ZP_ASSIGN_OR_RETURN(const bool uses, AnyUses(*branch));
      if (uses) return true;
    }
    ZP_ASSIGN_OR_RETURN(const NodeDef* variable, ChangedVariableOf(program_, changed_, frame, node));
    return variable != nullptr;
  }

  // Frames nest as deeply as Program allows.
  absl::StatusOr<bool> AnyUses(Frame& frame) {
    for (const NodeDef& node : *frame.body->nodes) {
      ZP_ASSIGN_OR_RETURN(Frame * callee, program_.Callee(frame, node));
      absl::StatusOr<bool> uses = callee != nullptr ? AnyUses(*callee) : Uses(frame, node);
      if (!uses.ok() || *uses) return uses;
    }
    return false;
  }

  Program& program_;
  const AssignedVariables& changed_;
  std::vector<Visit> stack_;
  std::vector<Source> accesses_;
  std::set<std::pair<const Frame*, const NodeDef*>> met_;
  std::unordered_set<const Frame*> entered_;
};

}  // namespace

absl::StatusOr<const NodeDef*> ChangedVariableOf(Program& program, const AssignedVariables& changed, Frame& frame,
                                                 const NodeDef& node) {
  ZP_ASSIGN_OR_RETURN(Frame * callee, program.Callee(frame, node));
  if (callee != nullptr || ControlFlowOf(node) != ControlFlow::kNone) return nullptr;
  for (size_t i = 0; !DataInput(node, i).empty(); ++i) {
    ZP_ASSIGN_OR_RETURN(Source source, program.Resolve(frame, DataInput(node, i)));
    if (changed.count(source.node) == 0) continue;
    // A variable of TensorFlow 1 is its own value: whoever takes that reads it.
    if (!IsResourceVariable(*source.node) || !OnlyHandsOn(node.op)) return source.node;
  }
  return nullptr;
}

absl::StatusOr<std::vector<Source>> OrderedAccesses(Program& program, const AssignedVariables& changed,
                                                    const std::vector<Source>& roots) {
  if (changed.empty()) return std::vector<Source>();
  return Walk(program, changed).Run(roots);
}

}  // namespace zeropoint::formats::saved_model
