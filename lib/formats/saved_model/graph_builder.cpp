#include "formats/saved_model/graph_builder.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/saved_model/accesses.h"
#include "formats/saved_model/dataflow.h"
#include "formats/saved_model/node_attributes.h"

namespace zeropoint::formats::saved_model {
namespace {

// One of a crafted file's functions, called over and over, must not fill the memory.
constexpr size_t kMaxNodes = size_t{1} << 22;

// An attribute of functions, and here of the loops in them.
constexpr absl::string_view kApiImplements = "api_implements";

absl::Status AtNode(absl::Status status, const Source& at) {
  return Annotate(Annotate(std::move(status), Place::kNode, PathOf(*at.frame, *at.node)), Place::kOp, at.node->op);
}

// The node itself, whichever output is meant.
Source NodeOf(const Source& port) { return {port.frame, port.node, 0}; }

// What the builders of all graphs of a signature share.
struct Import {
  Program& program;
  Variables& variables;
  Resources& resources;
  const Bytes& file;
  CalledGraphs& called;
  size_t num_nodes = 0;
};

// Builds one graph.
class Builder {
 public:
  explicit Builder(Import& import)
      : import_(import), program_(import.program), variables_(import.variables), file_(import.file), deadness_(program_) {}

  absl::StatusOr<SignatureGraph> Build(const SignatureDef& signature) {
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

  // The graph of a branch or of a loop's part. Resources among its arguments and results (which a loop hands through)
  // are none of the graph's.
  absl::StatusOr<ir::Graph> Build(Frame& frame, absl::string_view role, absl::Span<const int> argument_types,
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

 private:
  // A node whose inputs are being built.
  struct Visit {
    Source at;
    std::vector<Source> inputs;
    size_t next = 0;
    bool is_copy = false;  // its results are its one input
    bool swapped = false;  // a Merge whose first input is the one for `true`
  };
  using Emit = absl::Status (Builder::*)(const Visit&);

  ir::Graph& graph() { return result_.graph; }

  std::vector<Source> RootsOf(const SignatureDef& signature) const {
    std::vector<Source> roots;
    const auto& by_name = program_.root().body->by_name;
    for (const TensorInfo& output : signature.outputs) {
      auto node = by_name.find(output.name.substr(0, output.name.find(':')));
      if (node != by_name.end()) roots.push_back({&program_.root(), node->second, 0});
    }
    return roots;
  }

  // Whatever uses variables that change is there first, in TensorFlow's order; nodes run in the order in which they are
  // built.
  absl::Status BuildAccesses(const std::vector<Source>& roots) {
    ZP_ASSIGN_OR_RETURN(std::vector<Source> accesses, OrderedAccesses(program_, import_.resources.changed(), roots));
    for (const Source& access : accesses) ZP_RETURN_IF_ERROR(BuildNodes(access));
    return absl::OkStatus();
  }

  bool IsChanged(const NodeDef& variable) const { return import_.resources.changed().count(&variable) > 0; }

  absl::StatusOr<Source> ResolveDense(const TensorInfo& info) {
    if (info.name.empty()) {
      return absl::UnimplementedError(absl::StrCat("'", info.key, "' is no dense tensor; only those are read"));
    }
    return program_.Resolve(program_.root(), info.name);
  }

  absl::Status AddInput(const TensorInfo& info) {
    ZP_ASSIGN_OR_RETURN(Source source, ResolveDense(info));
    auto known = fed_.find(source);
    if (known == fed_.end()) {
      std::optional<ElementType> type = ToElementType(info.data_type);
      if (!type.has_value()) {
        return absl::UnimplementedError(absl::StrCat("input '", info.key, "' has the type ",
                                                     DataTypeName(info.data_type), ", which LiteRT does not have"));
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

  absl::Status AddOutput(const TensorInfo& info) {
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

  ir::ValueId AddIdentity(ir::ValueId value, absl::string_view name) {
    ir::NodeInfo info{.op = "tf.Identity", .name = std::string(name)};
    info.attrs.Set("T", static_cast<int64_t>(graph().value(value).type));
    ir::ValueId copy = graph().AddValue({.type = graph().value(value).type, .shape = graph().value(value).shape});
    graph().AddNode(std::move(info), {value}, {copy});
    return copy;
  }

  absl::StatusOr<ir::ValueId> ValueOf(const Source& source) const {
    auto fed = fed_.find(source);
    if (fed != fed_.end()) return fed->second;
    const std::vector<ir::ValueId>& outputs = built_.at(NodeOf(source));
    const auto output = static_cast<size_t>(source.output);
    if (output < outputs.size() && outputs[output] != ir::kNoValue) return outputs[output];
    return AtNode(absl::InvalidArgumentError(
                      absl::StrCat("it has ", outputs.size(), " outputs; number ", source.output, " is asked for")),
                  source);
  }

  // Depth first without recursion: graphs are thousands of nodes deep.
  absl::Status BuildNodes(const Source& wanted) {
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

  absl::Status Begin(const Source& port, std::vector<Visit>& stack) {
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

  absl::Status FindInputs(Visit& visit) {
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

  absl::Status FindInputsOfMerge(Visit& visit) {
    ZP_ASSIGN_OR_RETURN(Deadness::MergeInputs inputs, deadness_.InputsOf(visit.at));
    if (!inputs.around.empty()) {
      visit.inputs = inputs.forward;
      back_edges_.push_back({visit.at, inputs.around[0]});
      return absl::OkStatus();
    }
    ZP_ASSIGN_OR_RETURN(Choice choice, deadness_.ChoiceOf(visit.at));
    ZP_ASSIGN_OR_RETURN(std::optional<bool> known, KnownPredicate(choice.predicate));
    visit.is_copy = known.has_value();
    visit.swapped = PortEqual()(choice.if_true, inputs.forward[0]);
    if (known.has_value()) {
      visit.inputs = {*known ? choice.if_true : choice.if_false};
    } else {
      visit.inputs = {choice.if_false, choice.if_true, choice.predicate};
    }
    return absl::OkStatus();
  }

  // What a predicate is in every run: a constant, or a placeholder's default where the signature does not feed it.
  absl::StatusOr<std::optional<bool>> KnownPredicate(Source at) const {
    bool negated = false;
    // A chain is as long as the graph at most; a longer one is a circle.
    for (size_t i = 0; i < at.frame->body->nodes->size() && fed_.count(at) == 0; ++i) {
      const absl::string_view op = at.node->op;
      if (op == "Const") {
        ZP_ASSIGN_OR_RETURN(AttrValue value, program_.Attr(*at.frame, *at.node, "value"));
        if (value.kind != AttrValue::Kind::kTensor) return std::optional<bool>();
        ZP_ASSIGN_OR_RETURN(ir::TensorLiteral literal, DecodeTensor(value.text, file_));
        if (literal.type != ElementType::kBool || literal.data.size() != 1) return std::optional<bool>();
        return std::optional<bool>((literal.data.data()[0] != 0) != negated);
      }
      if (op != "Identity" && op != "PlaceholderWithDefault" && op != "LogicalNot") break;
      negated = negated != (op == "LogicalNot");
      ZP_ASSIGN_OR_RETURN(at, program_.Resolve(*at.frame, DataInput(*at.node, 0)));
    }
    return std::optional<bool>();
  }

  // What comes around in loops is built when what leaves them is; then all of it becomes graphs.
  absl::Status FinishDataflow() {
    for (size_t i = 0; i < back_edges_.size(); ++i) {  // grows while it is walked
      const Source next = back_edges_[i].next;
      ZP_RETURN_IF_ERROR(BuildNodes(next));
    }
    std::vector<BackEdge> edges;
    for (const auto& [merge, next] : back_edges_) {
      ZP_ASSIGN_OR_RETURN(const ir::ValueId variable, ValueOf(NodeOf(merge)));
      ZP_ASSIGN_OR_RETURN(const ir::ValueId around, ValueOf(next));
      edges.push_back({graph().producer(variable), graph().producer(around)});
    }
    return has_dataflow_ ? RaiseDataflow(graph(), edges, import_.called) : absl::OkStatus();
  }

  // By input: a resource that a branch or a loop is given. Its functions follow it to where it comes from.
  std::vector<bool> ResourceInputs(const Source& at) const {
    std::vector<bool> resources;
    const ControlFlow kind = ControlFlowOf(*at.node);
    if (kind == ControlFlow::kNone) return resources;
    if (kind != ControlFlow::kWhile) resources.push_back(false);
    auto types = program_.ArgumentTypes(*at.frame, *at.node);
    if (!types.ok()) return resources;  // building the functions says it
    for (int type : *types) resources.push_back(type == kDtResource);
    return resources;
  }

  static absl::Status CheckReadable(const NodeDef& node) {
    if (node.op == "Placeholder") {
      return absl::InvalidArgumentError("an output depends on a placeholder that is no input of the signature");
    }
    return absl::OkStatus();
  }

  absl::Status EmitNode(const Visit& visit) {
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
    ZP_ASSIGN_OR_RETURN(ir::Attributes attrs,
                        ImportAttributes(program_, *visit.at.frame, *visit.at.node, file_));
    return AddNode(visit.at, visit.at.node->op, std::move(attrs), std::move(inputs));
  }

  absl::StatusOr<std::vector<ir::ValueId>> ValuesOf(absl::Span<const Source> sources) const {
    std::vector<ir::ValueId> values;
    for (const Source& source : sources) {
      ZP_ASSIGN_OR_RETURN(ir::ValueId value, ValueOf(source));
      values.push_back(value);
    }
    return values;
  }

  // A node's own name says where in the user's model it stands; the names of the calls around it are only there to tell
  // two executions of one function apart, and would be half of a small model's bytes.
  std::string NewName(const Source& at) {
    std::string name(at.node->name);
    for (const Frame* frame = at.frame; !names_.insert(name).second && frame->call != nullptr; frame = frame->caller) {
      name = absl::StrCat(frame->call->name, "/", name);
    }
    return name;
  }

  // `wanted`, or it with a number that makes it new.
  std::string Fresh(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 1; !names_.insert(name).second; ++i) name = absl::StrCat(wanted, "_", i);
    return name;
  }

  absl::Status AddNode(const Source& at, absl::string_view op, ir::Attributes attrs, std::vector<ir::ValueId> inputs) {
    ZP_ASSIGN_OR_RETURN(std::vector<OutputInfo> infos, OutputsOf(program_, *at.frame, *at.node));
    const std::string name = NewName(at);
    std::vector<ir::ValueId> outputs;
    for (size_t i = 0; i < infos.size(); ++i) {
      std::string result = i == 0 ? name : absl::StrCat(name, ":", i);
      outputs.push_back(graph().AddValue({.name = std::move(result), .type = infos[i].type, .shape = infos[i].shape}));
    }
    graph().AddNode({.op = absl::StrCat("tf.", op), .name = name, .attrs = std::move(attrs)}, std::move(inputs),
                    outputs);
    built_.emplace(at, std::move(outputs));
    return absl::OkStatus();
  }

  absl::Status AddConstant(const Source& at, std::string name, ir::TensorLiteral literal) {
    if (literal.type == ElementType::kString) {
      ZP_ASSIGN_OR_RETURN(literal.data, PackStrings(literal.strings));
    }
    ir::ValueId value =
        graph().AddConstant(std::move(name), literal.type, std::move(literal.shape), std::move(literal.data));
    built_.emplace(at, std::vector<ir::ValueId>{value});
    return absl::OkStatus();
  }

  absl::Status EmitConstant(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(AttrValue value, program_.Attr(*visit.at.frame, *visit.at.node, "value"));
    if (value.kind != AttrValue::Kind::kTensor) return absl::InvalidArgumentError("the constant has no value");
    ZP_ASSIGN_OR_RETURN(ir::TensorLiteral literal, DecodeTensor(value.text, file_));
    return AddConstant(visit.at, NewName(visit.at), std::move(literal));
  }

  // A variable stands for its value; what reads it reads the constant.
  absl::Status EmitVariable(const Visit& visit) {
    if (IsChanged(*visit.at.node)) {
      ZP_ASSIGN_OR_RETURN(ir::ValueId handle, import_.resources.AddHandle(visit.at, graph()));
      built_.emplace(visit.at, std::vector<ir::ValueId>{handle});
      return absl::OkStatus();
    }
    ZP_ASSIGN_OR_RETURN(std::string name, VariableName(program_, visit.at));
    auto value = variables_.Read(visit.at);
    if (!value.ok()) return Annotate(value.status(), Place::kTensor, name);
    return AddConstant(visit.at, std::move(name), *std::move(value));
  }

  // What it holds when the node runs. `part`: behind the node's name, where that is its result's.
  absl::StatusOr<ir::ValueId> VariableValue(const Visit& visit, absl::string_view part) {
    if (visit.inputs.empty() || !IsVariable(*visit.inputs[0].node)) {
      return absl::UnimplementedError("it reads a resource that is not a variable of the model");
    }
    if (!IsChanged(*visit.inputs[0].node)) return ValueOf(visit.inputs[0]);
    return ReadOf(visit.inputs[0], part.empty() ? NewName(visit.at) : Fresh(absl::StrCat(visit.at.node->name, part)));
  }

  absl::StatusOr<ir::ValueId> ReadOf(const Source& variable, std::string name) {
    ZP_ASSIGN_OR_RETURN(ir::ValueId handle, ValueOf(variable));
    return import_.resources.AddRead(variable, handle, std::move(name), graph());
  }

  // The value, where a variable of TensorFlow 1 stands for what it holds now.
  absl::StatusOr<ir::ValueId> ValueNow(const Source& source) {
    if (!IsVariable(*source.node) || IsResourceVariable(*source.node) || !IsChanged(*source.node)) return ValueOf(source);
    return ReadOf(source, Fresh(absl::StrCat(source.node->name, "/value")));
  }

  // Assign... (of a variable of TensorFlow 1, whose result is what it has assigned), Assign...VariableOp.
  absl::Status EmitAssign(const Visit& visit) {
    if (!IsVariable(*visit.inputs[0].node) || !IsChanged(*visit.inputs[0].node)) {
      return absl::UnimplementedError("it changes what is not a variable of the model");
    }
    ZP_ASSIGN_OR_RETURN(ir::ValueId handle, ValueOf(visit.inputs[0]));
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, ValueNow(visit.inputs[1]));
    const std::string name = NewName(visit.at);
    const bool adds = absl::StartsWith(visit.at.node->op, "AssignAdd");
    if (adds || absl::StartsWith(visit.at.node->op, "AssignSub")) {
      ZP_ASSIGN_OR_RETURN(ir::ValueId before, ReadOf(visit.inputs[0], absl::StrCat(name, "/before")));
      ir::NodeInfo info{.op = adds ? "tf.AddV2" : "tf.Sub", .name = absl::StrCat(name, "/after")};
      info.attrs.Set("T", static_cast<int64_t>(graph().value(before).type));
      const ir::ValueId after = graph().AddValue(
          {.name = info.name, .type = graph().value(before).type, .shape = graph().value(before).shape});
      graph().AddNode(std::move(info), {before, value}, {after});
      value = after;
    }
    graph().AddNode({.op = "ASSIGN_VARIABLE", .name = name}, {handle, value}, {});
    built_.emplace(visit.at, std::vector<ir::ValueId>{value});
    return absl::OkStatus();
  }

  // A table is made where it is used.
  absl::Status EmitTable(const Visit& visit) {
    built_.emplace(visit.at, std::vector<ir::ValueId>());
    return absl::OkStatus();
  }

  static absl::Status CheckTable(const Visit& visit) {
    if (IsTable(*visit.inputs[0].node)) return absl::OkStatus();
    return absl::UnimplementedError(absl::StrCat("a table of the kind ", visit.inputs[0].node->op, " is not supported"));
  }

  absl::Status EmitLookup(const Visit& visit) {
    ZP_RETURN_IF_ERROR(CheckTable(visit));
    ZP_ASSIGN_OR_RETURN(ir::ValueId keys, ValueNow(visit.inputs[1]));
    ZP_ASSIGN_OR_RETURN(ir::ValueId otherwise, ValueNow(visit.inputs[2]));
    ZP_ASSIGN_OR_RETURN(ir::ValueId found, import_.resources.tables().AddLookup(visit.inputs[0], keys, otherwise,
                                                                                NewName(visit.at), graph()));
    built_.emplace(visit.at, std::vector<ir::ValueId>{found});
    return absl::OkStatus();
  }

  absl::Status EmitTableSize(const Visit& visit) {
    ZP_RETURN_IF_ERROR(CheckTable(visit));
    ZP_ASSIGN_OR_RETURN(const int64_t size, import_.resources.tables().SizeOf(visit.inputs[0]));
    return AddConstant(visit.at, NewName(visit.at),
                       {.type = ElementType::kInt64, .shape = ir::Shape{}, .data = Bytes::Of(absl::MakeConstSpan(&size, 1))});
  }

  // Variables have their first values before anything runs.
  absl::Status EmitIsInitialized(const Visit& visit) {
    ir::TensorLiteral literal{.type = ElementType::kBool, .shape = ir::Shape{}, .data = Bytes::Own({1})};
    return AddConstant(visit.at, NewName(visit.at), std::move(literal));
  }

  absl::Status EmitRead(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit, ""));
    built_.emplace(visit.at, std::vector<ir::ValueId>{value});
    return absl::OkStatus();
  }

  // ResourceGather takes the axis behind the batch dimensions, which GatherV2 wants to be told.
  absl::Status EmitGather(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, GatherAttributes(visit));
    attrs.Set("Taxis", static_cast<int64_t>(ElementType::kInt32));
    const int32_t axis = static_cast<int32_t>(attrs.Int("batch_dims"));
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit, "/variable"));
    ZP_ASSIGN_OR_RETURN(ir::ValueId indices, ValueOf(visit.inputs[1]));
    ir::ValueId axis_value = graph().AddConstant(absl::StrCat(visit.at.node->name, "/axis"), ir::Shape{},
                                                 absl::MakeConstSpan(&axis, 1));
    return AddNode(visit.at, "GatherV2", std::move(attrs), {value, indices, axis_value});
  }

  absl::Status EmitGatherNd(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, GatherAttributes(visit));
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit, "/variable"));
    ZP_ASSIGN_OR_RETURN(ir::ValueId indices, ValueOf(visit.inputs[1]));
    return AddNode(visit.at, "GatherNd", std::move(attrs), {value, indices});
  }

  // What gathers from a tensor call the type otherwise than those from a variable.
  absl::StatusOr<ir::Attributes> GatherAttributes(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, ImportAttributes(program_, *visit.at.frame, *visit.at.node, file_));
    attrs.Set("Tparams", attrs.Int("dtype"));
    attrs.Remove("dtype");
    attrs.Remove("validate_indices");
    return attrs;
  }

  absl::Status EmitVariableShape(const Visit& visit) {
    if (visit.inputs.empty() || !IsVariable(*visit.inputs[0].node)) {
      return absl::UnimplementedError("it asks for the shape of what is not a variable of the model");
    }
    ZP_ASSIGN_OR_RETURN(const ir::TensorLiteral variable, variables_.Read(visit.inputs[0]));
    ZP_ASSIGN_OR_RETURN(std::vector<OutputInfo> infos, OutputsOf(program_, *visit.at.frame, *visit.at.node));
    const ir::Shape& shape = variable.shape;
    ir::TensorLiteral literal{.type = infos[0].type, .shape = {shape.rank()}};
    if (literal.type == ElementType::kInt64) {
      literal.data = Bytes::Of(shape.dims());
    } else {
      std::vector<int32_t> narrow(shape.dims().begin(), shape.dims().end());
      literal.data = Bytes::Of(absl::MakeConstSpan(narrow));
    }
    return AddConstant(visit.at, NewName(visit.at), std::move(literal));
  }

  // --- branches and loops

  absl::Status EmitDataflow(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(std::vector<ir::ValueId> inputs, ValuesOf(visit.inputs));
    if (visit.is_copy) {
      built_.emplace(visit.at, std::vector<ir::ValueId>{inputs[0], DataflowOf(*visit.at.node) == Dataflow::kSwitch
                                                                       ? inputs[0]
                                                                       : ir::kNoValue});
      return absl::OkStatus();
    }
    const Dataflow kind = DataflowOf(*visit.at.node);
    const size_t wanted = kind == Dataflow::kSwitch ? 2 : 1;
    if (kind != Dataflow::kMerge && inputs.size() != wanted) {
      return absl::InvalidArgumentError(absl::StrCat("it has ", inputs.size(), " inputs and needs ", wanted));
    }
    ir::Attributes attrs;
    if (kind == Dataflow::kEnter) {
      // Of one execution of the function that the loop is in.
      ZP_ASSIGN_OR_RETURN(AttrValue frame, program_.Attr(*visit.at.frame, *visit.at.node, "frame_name"));
      attrs.Set("frame_name", absl::StrCat(visit.at.frame->prefix, frame.text));
    }
    if (visit.swapped) attrs.Set("swapped", true);
    return AddNode(visit.at, DataflowName(kind), std::move(attrs), std::move(inputs));
  }

  absl::Status EmitControlFlow(const Visit& visit) {
    switch (ControlFlowOf(*visit.at.node)) {
      case ControlFlow::kWhile: return EmitWhile(visit);
      case ControlFlow::kIf: return EmitIf(visit);
      default: return EmitCase(visit);
    }
  }

  absl::StatusOr<int> BuildCalled(Frame& frame, absl::string_view role, absl::Span<const int> argument_types,
                                  absl::Span<const int> result_types) {
    ZP_ASSIGN_OR_RETURN(ir::Graph graph, Builder(import_).Build(frame, role, argument_types, result_types));
    return import_.called.Add(std::move(graph));
  }

  // A condition as one bool: TensorFlow takes numbers too, of which zero is false.
  absl::StatusOr<ir::ValueId> AsCondition(ir::Graph& graph, ir::ValueId condition, const std::string& path) const {
    const ElementType type = graph.value(condition).type;
    if (type == ElementType::kBool) return condition;
    const int32_t zero = 0;
    if (type != ElementType::kInt32) {
      return absl::UnimplementedError(absl::StrCat("a condition of type ", Name(type), " is not supported"));
    }
    ir::NodeInfo info{.op = "tf.NotEqual", .name = absl::StrCat(path, "/condition")};
    info.attrs.Set("T", static_cast<int64_t>(type));
    const ir::ValueId result = graph.AddValue({.name = info.name, .type = ElementType::kBool, .shape = ir::Shape{}});
    const ir::ValueId zeros = graph.AddConstant(absl::StrCat(path, "/zero"), ir::Shape{}, absl::MakeConstSpan(&zero, 1));
    graph.AddNode(std::move(info), {condition, zeros}, {result});
    return result;
  }

  // The node that calls graphs. Its results are by TF's numbers: kNoValue stands for a resource, that a loop hands on.
  absl::Status AddCall(const Visit& visit, absl::string_view op, ir::Attributes attrs, std::vector<ir::ValueId> inputs,
                       absl::Span<const int> result_types) {
    const std::string name = NewName(visit.at);
    ZP_ASSIGN_OR_RETURN(AttrValue shapes, program_.Attr(*visit.at.frame, *visit.at.node, "output_shapes"));
    std::vector<ir::ValueId> results, outputs;
    for (size_t i = 0; i < result_types.size(); ++i) {
      results.push_back(ir::kNoValue);
      if (result_types[i] == kDtResource) continue;
      ir::Value value{.name = i == 0 ? name : absl::StrCat(name, ":", i), .shape = ir::Shape::Unranked()};
      ZP_ASSIGN_OR_RETURN(value.type, OutputType(result_types[i]));
      if (i < shapes.shapes.size()) value.shape = shapes.shapes[i];
      results.back() = graph().AddValue(std::move(value));
      outputs.push_back(results.back());
    }
    graph().AddNode({.op = std::string(op), .name = name, .attrs = std::move(attrs)}, std::move(inputs),
                    std::move(outputs));
    built_.emplace(visit.at, std::move(results));
    return absl::OkStatus();
  }

  absl::Status EmitWhile(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(std::vector<Frame*> parts, program_.Branches(*visit.at.frame, *visit.at.node));
    ZP_ASSIGN_OR_RETURN(std::vector<int> types, program_.ArgumentTypes(*visit.at.frame, *visit.at.node));
    ZP_ASSIGN_OR_RETURN(ir::Graph condition, Builder(import_).Build(*parts[0], "cond", types, {kDtBool}));
    ZP_ASSIGN_OR_RETURN(condition.outputs[0], AsCondition(condition, condition.outputs[0], condition.name));
    ir::Attributes attrs;
    const int condition_index = import_.called.Add(std::move(condition));
    ZP_ASSIGN_OR_RETURN(int body_index, BuildCalled(*parts[1], "body", types, types));
    attrs.Set("cond_subgraph_index", int64_t{condition_index});
    attrs.Set("body_subgraph_index", int64_t{body_index});
    ZP_ASSIGN_OR_RETURN(std::string implements, Implements(*visit.at.frame));
    if (!implements.empty()) attrs.Set(kApiImplements, std::move(implements));
    ZP_ASSIGN_OR_RETURN(std::vector<ir::ValueId> operands, ValuesOf(visit.inputs));
    return AddCall(visit, "WHILE", std::move(attrs), std::move(operands), types);
  }

  // What the function says that it is an implementation of: Keras names its recurrent layers so. Empty for others.
  static absl::StatusOr<std::string> Implements(const Frame& frame) {
    const FunctionDef* function = frame.body->function;
    const EncodedAttr* attr = function == nullptr ? nullptr : FindAttr(function->attrs, kApiImplements);
    if (attr == nullptr) return std::string();
    ZP_ASSIGN_OR_RETURN(AttrValue value, DecodeAttr(attr->value));
    return std::string(value.text);
  }

  struct BranchTypes {
    std::vector<int> arguments, results;
  };
  absl::StatusOr<BranchTypes> TypesOfBranches(const Visit& visit) const {
    BranchTypes types;
    ZP_ASSIGN_OR_RETURN(types.arguments, program_.ArgumentTypes(*visit.at.frame, *visit.at.node));
    ZP_ASSIGN_OR_RETURN(AttrValue results, program_.Attr(*visit.at.frame, *visit.at.node, "Tout"));
    types.results = results.types;
    if (std::count(types.results.begin(), types.results.end(), kDtResource) > 0) {
      return absl::UnimplementedError("branches that choose a resource are not supported");
    }
    if (visit.inputs.empty()) return absl::InvalidArgumentError("it lacks its condition");
    return types;
  }

  absl::Status EmitIf(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(std::vector<Frame*> branches, program_.Branches(*visit.at.frame, *visit.at.node));
    ZP_ASSIGN_OR_RETURN(BranchTypes types, TypesOfBranches(visit));
    ZP_ASSIGN_OR_RETURN(int then_index, BuildCalled(*branches[0], "then", types.arguments, types.results));
    ZP_ASSIGN_OR_RETURN(int else_index, BuildCalled(*branches[1], "else", types.arguments, types.results));
    ZP_ASSIGN_OR_RETURN(std::vector<ir::ValueId> operands, ValuesOf(visit.inputs));
    ZP_ASSIGN_OR_RETURN(operands[0],
                        AsCondition(graph(), operands[0], std::string(visit.at.node->name)));
    return AddCall(visit, "IF", IfAttributes(then_index, else_index), std::move(operands), types.results);
  }

  static ir::Attributes IfAttributes(int then_index, int else_index) {
    ir::Attributes attrs;
    attrs.Set("then_subgraph_index", int64_t{then_index});
    attrs.Set("else_subgraph_index", int64_t{else_index});
    return attrs;
  }

  // IF(index == 0, branch 0, IF(index == 1, branch 1, ... last branch)): the last one is TensorFlow's for every index
  // that no branch has. The index is an argument of all branches, because both sides of an IF take the same.
  absl::Status EmitCase(const Visit& visit) {
    const std::string path(visit.at.node->name);
    ZP_ASSIGN_OR_RETURN(std::vector<Frame*> branches, program_.Branches(*visit.at.frame, *visit.at.node));
    ZP_ASSIGN_OR_RETURN(BranchTypes types, TypesOfBranches(visit));
    if (branches.empty()) return absl::InvalidArgumentError("it has no branches");
    std::vector<int> indices;
    for (size_t i = 0; i < branches.size(); ++i) {
      ZP_ASSIGN_OR_RETURN(ir::Graph branch, Builder(import_).Build(*branches[i], absl::StrCat("branch_", i),
                                                                   types.arguments, types.results));
      branch.inputs.insert(branch.inputs.begin(), AddIndex(branch));
      indices.push_back(import_.called.Add(std::move(branch)));
    }
    int otherwise = indices.back();
    for (size_t i = branches.size() - 1; i-- > 1;) {
      ZP_ASSIGN_OR_RETURN(otherwise, AddChoice(path, i, indices[i], otherwise, types));
    }
    ZP_ASSIGN_OR_RETURN(std::vector<ir::ValueId> operands, ValuesOf(visit.inputs));
    operands.insert(operands.begin(), AddIsIndex(graph(), path, operands[0], 0));
    return AddCall(visit, "IF", IfAttributes(indices[0], otherwise), std::move(operands), types.results);
  }

  static ir::ValueId AddIndex(ir::Graph& graph) {
    ir::Value index;
    index.name = absl::StrCat(graph.name, "/index");
    index.type = ElementType::kInt32;
    return graph.AddValue(std::move(index));
  }

  // Whether an index is `wanted`.
  static ir::ValueId AddIsIndex(ir::Graph& graph, const std::string& path, ir::ValueId index, size_t wanted) {
    const auto number = static_cast<int32_t>(wanted);
    ir::NodeInfo info{.op = "tf.Equal", .name = absl::StrCat(path, "/is_", wanted)};
    info.attrs.Set("T", static_cast<int64_t>(ElementType::kInt32));
    const ir::ValueId result = graph.AddValue({.name = info.name, .type = ElementType::kBool, .shape = ir::Shape{}});
    const ir::ValueId constant =
        graph.AddConstant(absl::StrCat(path, "/", wanted), ir::Shape{}, absl::MakeConstSpan(&number, 1));
    graph.AddNode(std::move(info), {index, constant}, {result});
    return result;
  }

  // A graph that chooses between two others by the index that it is given first.
  absl::StatusOr<int> AddChoice(const std::string& path, size_t wanted, int then_index, int else_index,
                                const BranchTypes& types) {
    ir::Graph choice;
    choice.name = absl::StrCat(path, "_from_", wanted);
    choice.inputs.push_back(AddIndex(choice));
    for (size_t i = 0; i < types.arguments.size(); ++i) {
      if (types.arguments[i] == kDtResource) continue;
      ir::Value value{.name = absl::StrCat(choice.name, "/", i), .shape = ir::Shape::Unranked()};
      ZP_ASSIGN_OR_RETURN(value.type, OutputType(types.arguments[i]));
      choice.inputs.push_back(choice.AddValue(std::move(value)));
    }
    std::vector<ir::ValueId> operands = choice.inputs;
    operands.insert(operands.begin(), AddIsIndex(choice, choice.name, choice.inputs[0], wanted));
    for (size_t i = 0; i < types.results.size(); ++i) {
      ir::Value value{.name = absl::StrCat(choice.name, ":", i), .shape = ir::Shape::Unranked()};
      ZP_ASSIGN_OR_RETURN(value.type, OutputType(types.results[i]));
      choice.outputs.push_back(choice.AddValue(std::move(value)));
    }
    choice.AddNode({.op = "IF", .name = choice.name, .attrs = IfAttributes(then_index, else_index)}, std::move(operands),
                   choice.outputs);
    return import_.called.Add(std::move(choice));
  }

  // The edge that closes a loop: what comes around, to the Merge where it goes on.
  struct Circle {
    Source merge, next;
  };

  Import& import_;
  Program& program_;
  Variables& variables_;
  const Bytes& file_;
  SignatureGraph result_;
  std::unordered_map<Source, ir::ValueId, PortHash, PortEqual> fed_;                 // by output: the graph's inputs
  std::unordered_map<Source, std::vector<ir::ValueId>, PortHash, PortEqual> built_;  // by node: its outputs
  std::unordered_set<Source, PortHash, PortEqual> begun_;                            // by node
  Deadness deadness_;
  bool has_dataflow_ = false;
  std::vector<Circle> back_edges_;
  std::unordered_set<std::string> names_;                                            // of nodes, as far as given
};

}  // namespace

absl::StatusOr<SignatureGraph> BuildGraph(Program& program, Variables& variables, const Bytes& file,
                                          const SignatureDef& signature, Resources& resources, CalledGraphs& called) {
  Import import{program, variables, resources, file, called};
  return Builder(import).Build(signature);
}

}  // namespace zeropoint::formats::saved_model
