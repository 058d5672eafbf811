#include "formats/saved_model/functions.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace zeropoint::formats::saved_model {
namespace {

// Calls nest a few levels deep in real models. The bounds keep crafted files from exhausting memory: functions that
// call each other twice a level unfold exponentially.
constexpr int kMaxDepth = 256;
constexpr int kMaxFrames = 1 << 20;
// A name that takes more steps than this to reach its node runs in circles.
constexpr int kMaxSteps = 1 << 16;

bool IsCallOp(absl::string_view op) { return op == "PartitionedCall" || op == "StatefulPartitionedCall"; }

constexpr struct {
  absl::string_view op;
  ControlFlow kind;
} kControlFlow[] = {
    {"Case", ControlFlow::kCase},      {"StatelessCase", ControlFlow::kCase}, {"If", ControlFlow::kIf},
    {"StatelessIf", ControlFlow::kIf}, {"While", ControlFlow::kWhile},        {"StatelessWhile", ControlFlow::kWhile},
};

// Each result of theirs is their first operand.
constexpr absl::string_view kForwarders[] = {"Identity", "Enter", "Switch"};

absl::Status AtNode(absl::Status status, const Frame& frame, const NodeDef& node) {
  return Annotate(Annotate(std::move(status), Place::kNode, PathOf(frame, node)), Place::kOp, node.op);
}

absl::Status FillBody(const std::vector<NodeDef>& nodes, Body& body) {
  body.nodes = &nodes;
  for (const NodeDef& node : nodes) {
    if (!body.by_name.emplace(node.name, &node).second) {
      return absl::InvalidArgumentError(absl::StrCat("two nodes have the name '", node.name, "'"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

ControlFlow ControlFlowOf(const NodeDef& node) {
  for (const auto& row : kControlFlow) {
    if (row.op == node.op) return row.kind;
  }
  return ControlFlow::kNone;
}

std::string PathOf(const Frame& frame, const NodeDef& node) { return absl::StrCat(frame.prefix, node.name); }

bool IsControlEdge(absl::string_view input) { return !input.empty() && input[0] == '^'; }

absl::string_view DataInput(const NodeDef& node, size_t index) {
  return index < node.inputs.size() && !IsControlEdge(node.inputs[index]) ? node.inputs[index] : absl::string_view();
}

absl::StatusOr<std::unique_ptr<Program>> Program::Create(const MetaGraph& graph) {
  auto program = std::make_unique<Program>();
  ZP_RETURN_IF_ERROR(program->Index(graph));
  return program;
}

absl::Status Program::Index(const MetaGraph& graph) {
  ZP_RETURN_IF_ERROR(FillBody(graph.nodes, top_));
  root_.body = &top_;
  for (const FunctionDef& function : graph.functions) {
    Body body;
    body.function = &function;
    ZP_RETURN_IF_ERROR(FillBody(function.nodes, body));
    for (absl::string_view argument : function.args) body.arguments.push_back({argument, "_Arg", {}, {}});
    if (!functions_.emplace(function.name, std::move(body)).second) {
      return absl::InvalidArgumentError(absl::StrCat("two functions have the name '", function.name, "'"));
    }
  }
  for (absl::string_view encoded : graph.op_defs) {
    ZP_ASSIGN_OR_RETURN(auto op, DecodeOpDef(encoded));
    if (FindOp(op.first) == nullptr) ops_.insert(std::move(op));
  }
  return absl::OkStatus();
}

const OpSignature* Program::Op(absl::string_view op) const {
  if (const OpSignature* known = FindOp(op); known != nullptr) return known;
  auto at = ops_.find(op);
  return at == ops_.end() ? nullptr : &at->second;
}

size_t Program::CountReadOutputs(const Frame& frame, const NodeDef& node) {
  size_t count = 0;
  const auto note = [&](absl::string_view input) {
    auto reference = ParseReference(input);
    if (IsControlEdge(input) || !reference.ok() || reference->node != node.name) return;
    count = std::max(count, static_cast<size_t>(reference->index) + 1);
  };
  for (const NodeDef& reader : *frame.body->nodes) {
    for (absl::string_view input : reader.inputs) note(input);
  }
  if (frame.body->function != nullptr) {
    for (const auto& [output, value] : frame.body->function->returns) note(value);
  }
  return count;
}

absl::StatusOr<Program::Reference> Program::ParseReference(absl::string_view name) {
  Reference reference;
  std::vector<absl::string_view> parts = absl::StrSplit(name, ':');
  reference.node = parts[0];
  bool ok = parts.size() <= 3 && !parts[0].empty();
  if (ok && parts.size() > 1 && !absl::SimpleAtoi(parts.back(), &reference.index)) {
    // "node:output" is the output's first tensor.
    ok = parts.size() == 2;
    reference.output = parts[1];
  }
  if (parts.size() == 3) reference.output = parts[1];
  if (!ok || reference.index < 0) {
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' does not name a tensor"));
  }
  return reference;
}

absl::StatusOr<Source> Program::Resolve(Frame& frame, absl::string_view name) {
  return Follow(frame, name, /*to_origin=*/true);
}

absl::StatusOr<Source> Program::Producer(Frame& frame, absl::string_view name) {
  return Follow(frame, name, /*to_origin=*/false);
}

absl::StatusOr<Source> Program::Follow(Frame& frame, absl::string_view name, bool to_origin) {
  Frame* at = &frame;
  absl::string_view current = name;
  Source found;
  for (int step = 0; step < kMaxSteps; ++step) {
    ZP_ASSIGN_OR_RETURN(bool done, Step(at, current, found));
    if (!done) continue;
    const int input = to_origin ? ForwardedResource(*found.frame, *found.node, found.output) : -1;
    if (input < 0 || DataInput(*found.node, static_cast<size_t>(input)).empty()) return found;
    at = found.frame;
    current = DataInput(*found.node, static_cast<size_t>(input));
  }
  return absl::InvalidArgumentError(absl::StrCat("the calls that make '", name, "' run in circles"));
}

absl::StatusOr<bool> Program::Step(Frame*& frame, absl::string_view& name, Source& found) {
  ZP_ASSIGN_OR_RETURN(Reference reference, ParseReference(name));
  if (const FunctionDef* function = frame->body->function; function != nullptr) {
    for (size_t i = 0; i < function->args.size(); ++i) {
      if (function->args[i] != reference.node) continue;
      auto is_input = IsGraphInput(*frame, i);
      if (!is_input.ok()) return AtNode(is_input.status(), *frame->caller, *frame->call);
      if (*is_input) {
        found = {frame, &frame->body->arguments[i], 0};
        return true;
      }
      name = DataInput(*frame->call, i + frame->first_argument);
      if (name.empty()) {
        return AtNode(
            absl::InvalidArgumentError(absl::StrCat("the call of '", function->name, "' lacks its argument ", i)),
            *frame->caller, *frame->call);
      }
      frame = frame->caller;
      return false;
    }
  }
  auto at = frame->body->by_name.find(reference.node);
  if (at == frame->body->by_name.end()) {
    return absl::InvalidArgumentError(absl::StrCat("there is no node '", frame->prefix, reference.node, "'"));
  }
  const NodeDef& node = *at->second;
  ZP_ASSIGN_OR_RETURN(Frame * callee, Callee(*frame, node));
  if (callee != nullptr) {
    auto value = ReturnOf(*callee, reference);
    if (!value.ok()) return AtNode(value.status(), *frame, node);
    name = *value;
    frame = callee;
    return false;
  }
  auto output = OutputIndex(*frame, node, reference);
  if (!output.ok()) return AtNode(output.status(), *frame, node);
  found = {frame, &node, *output};
  return true;
}

// Calls by name have the function's own outputs, PartitionedCall has one list "output" of them all.
absl::StatusOr<absl::string_view> Program::ReturnOf(const Frame& callee, const Reference& reference) const {
  const FunctionDef& function = *callee.body->function;
  size_t index = static_cast<size_t>(reference.index);
  if (!reference.output.empty() && !IsCallOp(callee.call->op)) {
    index = 0;
    while (index < function.outputs.size() && function.outputs[index] != reference.output) ++index;
  }
  return Result(callee, index);
}

absl::StatusOr<absl::string_view> Program::Result(const Frame& frame, size_t i) const {
  const FunctionDef& function = *frame.body->function;
  if (i < function.outputs.size()) {
    for (const auto& [output, value] : function.returns) {
      if (output == function.outputs[i]) return value;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat("function '", function.name, "' has no result ", i));
}

absl::StatusOr<FunctionRef> Program::CalledFunction(const Frame& frame, const NodeDef& node) const {
  if (!IsCallOp(node.op)) {
    // TF1 calls a function by a node whose op is the function's name.
    if (functions_.count(node.op) == 0) return FunctionRef();
    return FunctionRef{node.op, node.attrs};
  }
  ZP_ASSIGN_OR_RETURN(AttrValue attr, Attr(frame, node, "f"));
  if (attr.kind != AttrValue::Kind::kFunction || functions_.count(attr.function.name) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("it calls the function '", attr.function.name, "', which the model does not have"));
  }
  return attr.function;
}

absl::StatusOr<Frame*> Program::Callee(Frame& frame, const NodeDef& node) {
  auto known = frame.callees.find(&node);
  if (known != frame.callees.end()) return known->second.get();
  auto function = CalledFunction(frame, node);
  if (!function.ok()) return AtNode(function.status(), frame, node);
  if (function->name.empty()) return nullptr;
  auto callee = MakeFrame(frame, node, *function);
  if (!callee.ok()) return AtNode(callee.status(), frame, node);
  return frame.callees.emplace(&node, *std::move(callee)).first->second.get();
}

absl::StatusOr<std::unique_ptr<Frame>> Program::MakeFrame(Frame& frame, const NodeDef& node,
                                                          const FunctionRef& function) {
  const Body& body = functions_.at(function.name);
  for (const Frame* caller = &frame; caller != nullptr; caller = caller->caller) {
    if (caller->body == &body) {
      return absl::InvalidArgumentError(absl::StrCat("function '", function.name, "' calls itself"));
    }
  }
  if (frame.depth >= kMaxDepth || num_frames_ >= kMaxFrames) {
    return absl::ResourceExhaustedError("the model's function calls are nested too deeply or too many");
  }
  ++num_frames_;
  auto callee = std::make_unique<Frame>();
  callee->body = &body;
  callee->caller = &frame;
  callee->call = &node;
  callee->bindings = function.attrs;
  callee->prefix = PathOf(frame, node) + "/";
  callee->depth = frame.depth + 1;
  return callee;
}

absl::StatusOr<std::vector<FunctionRef>> Program::BranchFunctions(const Frame& frame, const NodeDef& node) const {
  std::vector<FunctionRef> functions;
  if (ControlFlowOf(node) == ControlFlow::kCase) {
    ZP_ASSIGN_OR_RETURN(AttrValue branches, Attr(frame, node, "branches"));
    for (absl::string_view name : branches.functions) functions.push_back({name, {}});
  } else {
    const bool loop = ControlFlowOf(node) == ControlFlow::kWhile;
    for (absl::string_view name : {loop ? "cond" : "then_branch", loop ? "body" : "else_branch"}) {
      ZP_ASSIGN_OR_RETURN(AttrValue function, Attr(frame, node, name));
      functions.push_back(function.function);
    }
  }
  for (const FunctionRef& function : functions) {
    if (functions_.count(function.name) != 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("it runs the function '", function.name, "', which the model does not have"));
  }
  return functions;
}

absl::StatusOr<std::vector<Frame*>> Program::Branches(Frame& frame, const NodeDef& node) {
  std::vector<Frame*> branches;
  if (ControlFlowOf(node) == ControlFlow::kNone) return branches;
  auto known = frame.branches.find(&node);
  if (known == frame.branches.end()) {
    auto functions = BranchFunctions(frame, node);
    if (!functions.ok()) return AtNode(functions.status(), frame, node);
    std::vector<std::unique_ptr<Frame>> made;
    for (const FunctionRef& function : *functions) {
      auto branch = MakeFrame(frame, node, function);
      if (!branch.ok()) return AtNode(branch.status(), frame, node);
      (*branch)->is_graph = true;
      (*branch)->first_argument = ControlFlowOf(node) == ControlFlow::kWhile ? 0 : 1;
      made.push_back(*std::move(branch));
    }
    known = frame.branches.emplace(&node, std::move(made)).first;
  }
  for (const std::unique_ptr<Frame>& branch : known->second) branches.push_back(branch.get());
  return branches;
}

absl::StatusOr<std::vector<int>> Program::ArgumentTypes(const Frame& frame, const NodeDef& node) const {
  ZP_ASSIGN_OR_RETURN(AttrValue types, Attr(frame, node, ControlFlowOf(node) == ControlFlow::kWhile ? "T" : "Tin"));
  return types.types;
}

absl::StatusOr<bool> Program::IsGraphInput(const Frame& frame, size_t argument) const {
  if (!frame.is_graph) return false;
  ZP_ASSIGN_OR_RETURN(const std::vector<int> types, ArgumentTypes(*frame.caller, *frame.call));
  if (argument >= types.size()) {
    return absl::InvalidArgumentError(absl::StrCat("it gives ", types.size(), " arguments to the function '",
                                                   frame.body->function->name, "', which has more"));
  }
  return types[argument] != kDtResource;
}

absl::StatusOr<AttrValue> Program::Attr(const Frame& frame, const NodeDef& node, absl::string_view name) const {
  const EncodedAttr* attr = FindAttr(node.attrs, name);
  const Frame* at = &frame;
  while (attr != nullptr) {
    ZP_ASSIGN_OR_RETURN(AttrValue value, DecodeAttr(attr->value));
    if (value.kind != AttrValue::Kind::kPlaceholder || at == nullptr) return value;
    attr = FindAttr(at->bindings, value.text);
    at = at->caller;
  }
  return AttrValue();
}

absl::StatusOr<int64_t> Program::CountTensors(const Frame& frame, const NodeDef& node, absl::string_view number_attr,
                                              absl::string_view type_list_attr) const {
  if (number_attr.empty() && type_list_attr.empty()) return 1;
  absl::string_view name = number_attr.empty() ? type_list_attr : number_attr;
  ZP_ASSIGN_OR_RETURN(AttrValue value, Attr(frame, node, name));
  int64_t count = number_attr.empty() ? static_cast<int64_t>(value.types.size()) : value.number;
  // No op of TensorFlow has this many tensors; a crafted number must not be believed.
  constexpr int64_t kMaxTensors = 1 << 20;
  if (count < 0 || count > kMaxTensors) {
    return absl::InvalidArgumentError(absl::StrCat("attribute '", name, "' cannot be ", count));
  }
  return count;
}

absl::StatusOr<int> Program::OutputIndex(const Frame& frame, const NodeDef& node, const Reference& reference) const {
  if (reference.output.empty()) return reference.index;
  const OpSignature* op = Op(node.op);
  // Of an op without a definition, the first declared output is taken to be the only one.
  if (op == nullptr) return reference.index;
  int64_t index = 0;
  for (const OpArg& output : op->outputs) {
    ZP_ASSIGN_OR_RETURN(int64_t count, CountTensors(frame, node, output.number_attr, output.type_list_attr));
    if (output.name == reference.output && reference.index < count) return static_cast<int>(index) + reference.index;
    index += count;
  }
  return absl::InvalidArgumentError(absl::StrCat("it has no output '", reference.output, ":", reference.index, "'"));
}

int Program::ForwardedResource(const Frame& frame, const NodeDef& node, int output) const {
  // A loop's body has to give each resource back as it was.
  const bool lists_types = node.op == "IdentityN" || ControlFlowOf(node) == ControlFlow::kWhile;
  if (!lists_types && std::find(std::begin(kForwarders), std::end(kForwarders), node.op) == std::end(kForwarders)) {
    return -1;
  }
  absl::StatusOr<AttrValue> type = Attr(frame, node, "T");
  if (!type.ok()) return -1;
  if (!lists_types) return type->number == kDtResource ? 0 : -1;
  const auto index = static_cast<size_t>(output);
  return index < type->types.size() && type->types[index] == kDtResource ? output : -1;
}

}  // namespace zeropoint::formats::saved_model
