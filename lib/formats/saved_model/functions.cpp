#include "formats/saved_model/functions.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "formats/saved_model/op_defs.h"

namespace zeropoint::formats::saved_model {
namespace {

// Calls nest a few levels deep in real models. The bounds keep crafted files from exhausting memory: functions that
// call each other twice a level unfold exponentially.
constexpr int kMaxDepth = 256;
constexpr int kMaxFrames = 1 << 20;
// A name that takes more steps than this to reach its node runs in circles.
constexpr int kMaxSteps = 1 << 16;

bool IsCallOp(absl::string_view op) { return op == "PartitionedCall" || op == "StatefulPartitionedCall"; }

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
    if (!functions_.emplace(function.name, std::move(body)).second) {
      return absl::InvalidArgumentError(absl::StrCat("two functions have the name '", function.name, "'"));
    }
  }
  return absl::OkStatus();
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
  Frame* at = &frame;
  absl::string_view current = name;
  Source found;
  for (int step = 0; step < kMaxSteps; ++step) {
    ZP_ASSIGN_OR_RETURN(bool done, Step(at, current, found));
    if (done) return found;
  }
  return absl::InvalidArgumentError(absl::StrCat("the calls that make '", name, "' run in circles"));
}

absl::StatusOr<bool> Program::Step(Frame*& frame, absl::string_view& name, Source& found) {
  ZP_ASSIGN_OR_RETURN(Reference reference, ParseReference(name));
  if (const FunctionDef* function = frame->body->function; function != nullptr) {
    for (size_t i = 0; i < function->args.size(); ++i) {
      if (function->args[i] != reference.node) continue;
      name = DataInput(*frame->call, i);
      if (name.empty()) {
        return AtNode(absl::InvalidArgumentError(
                          absl::StrCat("the call of '", function->name, "' lacks its argument ", i)),
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
  if (ForwardsResource(*frame, node) && !DataInput(node, static_cast<size_t>(*output)).empty()) {
    name = DataInput(node, static_cast<size_t>(*output));
    return false;
  }
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
  if (index < function.outputs.size()) {
    for (const auto& [output, value] : function.returns) {
      if (output == function.outputs[index]) return value;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat("function '", function.name, "' has no result ", index));
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

  const Body& body = functions_.at(function->name);
  for (const Frame* caller = &frame; caller != nullptr; caller = caller->caller) {
    if (caller->body == &body) {
      return AtNode(absl::InvalidArgumentError(absl::StrCat("function '", function->name, "' calls itself")), frame,
                    node);
    }
  }
  if (frame.depth >= kMaxDepth || num_frames_ >= kMaxFrames) {
    return AtNode(absl::ResourceExhaustedError("the model's function calls are nested too deeply or too many"), frame,
                  node);
  }
  ++num_frames_;
  auto callee = std::make_unique<Frame>();
  callee->body = &body;
  callee->caller = &frame;
  callee->call = &node;
  callee->bindings = function->attrs;
  callee->prefix = PathOf(frame, node) + "/";
  callee->depth = frame.depth + 1;
  return frame.callees.emplace(&node, std::move(callee)).first->second.get();
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
  const OpSignature* op = FindOp(node.op);
  // An op we know nothing of is taken to have one output; the importer refuses it when that is not enough.
  if (op == nullptr) return reference.index;
  int64_t index = 0;
  for (const OpArg& output : op->outputs) {
    ZP_ASSIGN_OR_RETURN(int64_t count, CountTensors(frame, node, output.number_attr, output.type_list_attr));
    if (output.name == reference.output && reference.index < count) return static_cast<int>(index) + reference.index;
    index += count;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("it has no output '", reference.output, ":", reference.index, "'"));
}

bool Program::ForwardsResource(const Frame& frame, const NodeDef& node) const {
  if (node.op != "Identity" && node.op != "IdentityN") return false;
  absl::StatusOr<AttrValue> type = Attr(frame, node, "T");
  if (!type.ok()) return false;
  if (type->kind == AttrValue::Kind::kType) return type->number == kDtResource;
  return std::find(type->types.begin(), type->types.end(), kDtResource) != type->types.end();
}

}  // namespace zeropoint::formats::saved_model
