#include "formats/saved_model/builder.h"

#include "absl/strings/str_cat.h"
#include "formats/saved_model/accesses.h"
#include "formats/saved_model/node_attributes.h"

namespace zeropoint::formats::saved_model {
namespace {

// One of a crafted file's functions, called over and over, must not fill the memory.
constexpr size_t kMaxNodes = size_t{1} << 22;

absl::Status AtNode(absl::Status status, const Source& at) {
  return Annotate(Annotate(std::move(status), Place::kNode, PathOf(*at.frame, *at.node)), Place::kOp, at.node->op);
}

}  // namespace

absl::StatusOr<SignatureGraph> Builder::Build(const SignatureDef& signature) {
  result_.graph.name = signature.key;
  result_.signature.key = signature.key;
  for (const TensorInfo& input : signature.inputs) {
    absl::Status status = AddInput(input);
    if (!status.ok()) return Annotate(status, Place::kTensor, input.key);
  }
  ZP_RETURN_IF_ERROR(BuildAccesses(RootsOf(signature)));
  for (const TensorInfo& output : signature.outputs) {
    absl::Status status = AddOutput(output);
    if (!status.ok()) return Annotate(status, Place::kTensor, output.key);
  }
  ZP_RETURN_IF_ERROR(FinishDataflow());
  for (size_t i = 0; i < graph().outputs.size(); ++i) result_.signature.outputs[i].value = graph().outputs[i];
  RemoveUnusedReads(graph());
  return std::move(result_);
}

absl::StatusOr<ir::Graph> Builder::Build(Frame& frame, absl::string_view role, absl::Span<const int> argument_types,
                                         absl::Span<const int> result_types) {
  graph().name = absl::StrCat(frame.call->name, "_", role);
  if (frame.body->arguments.size() != argument_types.size()) {
    return absl::InvalidArgumentError(absl::StrCat("it gives ", argument_types.size(), " arguments to function '",
                                                   frame.body->function->name, "', which has ",
                                                   frame.body->arguments.size()));
  }
  for (size_t i = 0; i < argument_types.size(); ++i) {
    if (argument_types[i] == kDtResource) continue;
    const NodeDef& argument = frame.body->arguments[i];
    ir::Value value{.name = std::string(argument.name), .shape = ir::Shape::Unranked()};
    ZP_ASSIGN_OR_RETURN(value.type, OutputType(argument_types[i]));
    graph().inputs.push_back(graph().AddValue(std::move(value)));
    fed_.emplace(Source{&frame, &argument, 0}, graph().inputs.back());
  }
  std::vector<Source> nodes;
  for (const NodeDef& node : *frame.body->nodes) nodes.push_back({&frame, &node, 0});
  ZP_RETURN_IF_ERROR(BuildAccesses(nodes));
  for (size_t i = 0; i < result_types.size(); ++i) {
    if (result_types[i] == kDtResource) continue;
    ZP_ASSIGN_OR_RETURN(absl::string_view name, program_.Result(frame, i));
    ZP_ASSIGN_OR_RETURN(Source source, program_.Resolve(frame, name));
    ZP_RETURN_IF_ERROR(BuildNodes(source));
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, ValueNow(source));
    graph().outputs.push_back(value);
  }
  ZP_RETURN_IF_ERROR(FinishDataflow());
  RemoveUnusedReads(graph());
  return std::move(result_.graph);
}

std::vector<Source> Builder::RootsOf(const SignatureDef& signature) const {
  std::vector<Source> roots;
  const auto& by_name = program_.root().body->by_name;
  for (const TensorInfo& output : signature.outputs) {
    auto node = by_name.find(output.name.substr(0, output.name.find(':')));
    if (node != by_name.end()) roots.push_back({&program_.root(), node->second, 0});
  }
  return roots;
}

absl::Status Builder::BuildAccesses(const std::vector<Source>& roots) {
  ZP_ASSIGN_OR_RETURN(std::vector<Source> accesses, OrderedAccesses(program_, import_.resources.changed(), roots));
  for (const Source& access : accesses) ZP_RETURN_IF_ERROR(BuildNodes(access));
  return absl::OkStatus();
}

absl::StatusOr<Source> Builder::ResolveDense(const TensorInfo& info) {
  if (info.name.empty()) {
    return absl::UnimplementedError(absl::StrCat("'", info.key, "' is no dense tensor; only those are read"));
  }
  return program_.Resolve(program_.root(), info.name);
}

absl::Status Builder::AddInput(const TensorInfo& info) {
  ZP_ASSIGN_OR_RETURN(Source source, ResolveDense(info));
  auto known = fed_.find(source);
  if (known == fed_.end()) {
    std::optional<ElementType> type = ToElementType(info.data_type);
    if (!type.has_value()) {
      return absl::UnimplementedError(absl::StrCat("input '", info.key, "' has the type ", DataTypeName(info.data_type),
                                                   ", which LiteRT does not have"));
    }
    ir::Value value{.name = std::string(info.name), .type = *type, .shape = info.shape};
    if (!value.shape.ranked()) {
      ZP_ASSIGN_OR_RETURN(AttrValue shape, program_.Attr(*source.frame, *source.node, "shape"));
      if (shape.kind == AttrValue::Kind::kShape) value.shape = shape.shape;
    }
    known = fed_.emplace(source, graph().AddValue(std::move(value))).first;
    graph().inputs.push_back(known->second);
  }
  result_.signature.inputs.push_back({info.key, known->second});
  return absl::OkStatus();
}

absl::Status Builder::AddOutput(const TensorInfo& info) {
  ZP_ASSIGN_OR_RETURN(Source source, ResolveDense(info));
  ZP_RETURN_IF_ERROR(BuildNodes(source));
  ZP_ASSIGN_OR_RETURN(ir::ValueId value, ValueNow(source));
  // A result has a name of its own: what is an input, a constant or another result already is copied.
  if (graph().producer(value) == ir::kNoNode || graph().IsGraphOutput(value)) value = AddIdentity(value, info.name);
  graph().value(value).name = std::string(info.name);
  graph().outputs.push_back(value);
  result_.signature.outputs.push_back({info.key, value});
  return absl::OkStatus();
}

ir::ValueId Builder::AddIdentity(ir::ValueId value, absl::string_view name) {
  ir::NodeInfo info{.op = "tf.Identity", .name = std::string(name)};
  info.attrs.Set("T", static_cast<int64_t>(graph().value(value).type));
  ir::ValueId copy = graph().AddValue({.type = graph().value(value).type, .shape = graph().value(value).shape});
  graph().AddNode(std::move(info), {value}, {copy});
  return copy;
}

absl::StatusOr<ir::ValueId> Builder::ValueOf(const Source& source) const {
  auto fed = fed_.find(source);
  if (fed != fed_.end()) return fed->second;
  const std::vector<ir::ValueId>& outputs = built_.at(NodeOf(source));
  const auto output = static_cast<size_t>(source.output);
  if (output < outputs.size() && outputs[output] != ir::kNoValue) return outputs[output];
  return AtNode(absl::InvalidArgumentError(
                    absl::StrCat("it has ", outputs.size(), " outputs; number ", source.output, " is asked for")),
                source);
}

absl::Status Builder::BuildNodes(const Source& wanted) {
  std::vector<Visit> stack;
  ZP_RETURN_IF_ERROR(Begin(wanted, stack));
  while (!stack.empty()) {
    Visit& top = stack.back();
    if (top.next < top.inputs.size()) {
      Source input = top.inputs[top.next++];
      ZP_RETURN_IF_ERROR(Begin(input, stack));  // may move `top`
      continue;
    }
    absl::Status status = EmitNode(top);
    if (!status.ok()) return AtNode(status, top.at);
    stack.pop_back();
  }
  return absl::OkStatus();
}

absl::Status Builder::Begin(const Source& port, std::vector<Visit>& stack) {
  Source at = NodeOf(port);
  if (fed_.count(port) != 0 || built_.count(at) != 0) return absl::OkStatus();
  absl::Status status = CheckReadable(*at.node);
  if (status.ok() && !begun_.insert(at).second) {
    status = absl::InvalidArgumentError("it depends on its own output");
  }
  if (status.ok() && ++import_.num_nodes > kMaxNodes) {
    status = absl::ResourceExhaustedError("the graph has too many nodes once its calls are unfolded");
  }
  if (!status.ok()) return AtNode(status, at);
  Visit visit{.at = at};
  status = FindInputs(visit);
  if (!status.ok()) return AtNode(status, at);
  stack.push_back(std::move(visit));
  return absl::OkStatus();
}

absl::Status Builder::FindInputs(Visit& visit) {
  const Source& at = visit.at;
  const Dataflow kind = DataflowOf(*at.node);
  if (kind != Dataflow::kNone) has_dataflow_ = true;
  if (kind == Dataflow::kMerge) return FindInputsOfMerge(visit);
  const std::vector<bool> left_out = ResourceInputs(at);
  for (size_t i = 0; !DataInput(*at.node, i).empty(); ++i) {
    if (i < left_out.size() && left_out[i]) continue;
    ZP_ASSIGN_OR_RETURN(Source source, program_.Resolve(*at.frame, DataInput(*at.node, i)));
    visit.inputs.push_back(source);
  }
  // Where the way is known, the other one is never built, with all that no runtime could run there.
  if (kind == Dataflow::kSwitch && visit.inputs.size() == 2) {
    ZP_ASSIGN_OR_RETURN(std::optional<bool> known, KnownPredicate(visit.inputs[1]));
    visit.is_copy = known.has_value();
    if (visit.is_copy) visit.inputs.pop_back();
  }
  return absl::OkStatus();
}

absl::Status Builder::CheckReadable(const NodeDef& node) {
  if (node.op == "Placeholder") {
    return absl::InvalidArgumentError("an output depends on a placeholder that is no input of the signature");
  }
  return absl::OkStatus();
}

absl::Status Builder::EmitNode(const Visit& visit) {
  static constexpr struct {
    absl::string_view op;
    Emit emit;
  } kEmitters[] = {
      {"Const", &Builder::EmitConstant},
      {"VarHandleOp", &Builder::EmitVariable},
      {"VariableV2", &Builder::EmitVariable},
      {"Variable", &Builder::EmitVariable},
      {"ReadVariableOp", &Builder::EmitRead},
      {"AssignVariableOp", &Builder::EmitAssign},
      {"AssignAddVariableOp", &Builder::EmitAssign},
      {"AssignSubVariableOp", &Builder::EmitAssign},
      {"Assign", &Builder::EmitAssign},
      {"AssignAdd", &Builder::EmitAssign},
      {"AssignSub", &Builder::EmitAssign},
      {"HashTable", &Builder::EmitTable},
      {"HashTableV2", &Builder::EmitTable},
      {"LookupTableFind", &Builder::EmitLookup},
      {"LookupTableFindV2", &Builder::EmitLookup},
      {"LookupTableSizeV2", &Builder::EmitTableSize},
      {"VarIsInitializedOp", &Builder::EmitIsInitialized},
      {"ResourceGather", &Builder::EmitGather},
      {"ResourceGatherNd", &Builder::EmitGatherNd},
      {"VariableShape", &Builder::EmitVariableShape},
  };
  if (ControlFlowOf(*visit.at.node) != ControlFlow::kNone) return EmitControlFlow(visit);
  if (DataflowOf(*visit.at.node) != Dataflow::kNone) return EmitDataflow(visit);
  ZP_RETURN_IF_ERROR(CheckInputs(program_, *visit.at.frame, *visit.at.node, visit.inputs.size()));
  for (const auto& row : kEmitters) {
    if (row.op == visit.at.node->op) return (this->*row.emit)(visit);
  }
  for (const Source& input : visit.inputs) {
    if (!IsResourceVariable(*input.node)) continue;
    ZP_ASSIGN_OR_RETURN(std::string name, VariableName(program_, input));
    return absl::UnimplementedError(absl::StrCat("this use of variable '", name, "' is not supported"));
  }
  ZP_ASSIGN_OR_RETURN(std::vector<ir::ValueId> inputs, ValuesOf(visit.inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    ZP_ASSIGN_OR_RETURN(inputs[i], ValueNow(visit.inputs[i]));
  }
  ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, ImportAttributes(program_, *visit.at.frame, *visit.at.node, file_));
  return AddNode(visit.at, visit.at.node->op, std::move(attrs), std::move(inputs));
}

absl::StatusOr<std::vector<ir::ValueId>> Builder::ValuesOf(absl::Span<const Source> sources) const {
  std::vector<ir::ValueId> values;
  for (const Source& source : sources) {
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, ValueOf(source));
    values.push_back(value);
  }
  return values;
}

std::string Builder::NewName(const Source& at) {
  std::string name(at.node->name);
  for (const Frame* frame = at.frame; !names_.insert(name).second && frame->call != nullptr; frame = frame->caller) {
    name = absl::StrCat(frame->call->name, "/", name);
  }
  return name;
}

std::string Builder::Fresh(const std::string& wanted) {
  std::string name = wanted;
  for (int i = 1; !names_.insert(name).second; ++i) name = absl::StrCat(wanted, "_", i);
  return name;
}

absl::Status Builder::AddNode(const Source& at, absl::string_view op, ir::Attributes attrs,
                              std::vector<ir::ValueId> inputs) {
  ZP_ASSIGN_OR_RETURN(std::vector<OutputInfo> infos, OutputsOf(program_, *at.frame, *at.node));
  const std::string name = NewName(at);
  std::vector<ir::ValueId> outputs;
  for (size_t i = 0; i < infos.size(); ++i) {
    std::string result = i == 0 ? name : absl::StrCat(name, ":", i);
    outputs.push_back(graph().AddValue({.name = std::move(result), .type = infos[i].type, .shape = infos[i].shape}));
  }
  graph().AddNode({.op = absl::StrCat("tf.", op), .name = name, .attrs = std::move(attrs)}, std::move(inputs), outputs);
  built_.emplace(at, std::move(outputs));
  return absl::OkStatus();
}

absl::Status Builder::AddConstant(const Source& at, std::string name, ir::TensorLiteral literal) {
  if (literal.type == ElementType::kString) {
    ZP_ASSIGN_OR_RETURN(literal.data, PackStrings(literal.strings));
  }
  ir::ValueId value =
      graph().AddConstant(std::move(name), literal.type, std::move(literal.shape), std::move(literal.data));
  built_.emplace(at, std::vector<ir::ValueId>{value});
  return absl::OkStatus();
}

absl::Status Builder::EmitConstant(const Visit& visit) {
  ZP_ASSIGN_OR_RETURN(AttrValue value, program_.Attr(*visit.at.frame, *visit.at.node, "value"));
  if (value.kind != AttrValue::Kind::kTensor) return absl::InvalidArgumentError("the constant has no value");
  ZP_ASSIGN_OR_RETURN(ir::TensorLiteral literal, DecodeTensor(value.text, file_));
  return AddConstant(visit.at, NewName(visit.at), std::move(literal));
}

}  // namespace zeropoint::formats::saved_model
