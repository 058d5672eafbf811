#include "formats/saved_model/graph_builder.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/saved_model/node_attributes.h"

namespace zeropoint::formats::saved_model {
namespace {

// One of a crafted file's functions, called over and over, must not fill the memory.
constexpr size_t kMaxNodes = size_t{1} << 22;

constexpr absl::string_view kControlFlow[] = {
    "Case",     "Enter",     "Exit",    "If",       "LoopCond",         "Merge",         "NextIteration",
    "RefEnter", "RefExit",   "RefMerge", "RefNextIteration", "RefSwitch", "StatelessCase", "StatelessIf",
    "StatelessWhile", "Switch", "While",
};
constexpr absl::string_view kListPrefixes[] = {"TensorList", "EmptyTensorList", "TensorArray"};

bool IsControlFlow(absl::string_view op) {
  return std::find(std::begin(kControlFlow), std::end(kControlFlow), op) != std::end(kControlFlow);
}

bool IsTensorList(absl::string_view op) {
  return std::any_of(std::begin(kListPrefixes), std::end(kListPrefixes),
                     [&](absl::string_view prefix) { return absl::StartsWith(op, prefix); });
}

absl::Status AtNode(absl::Status status, const Source& at) {
  return Annotate(Annotate(std::move(status), Place::kNode, PathOf(*at.frame, *at.node)), Place::kOp, at.node->op);
}

// An output of a node in one of its executions, as a key.
struct PortHash {
  size_t operator()(const Source& at) const {
    size_t hash = std::hash<const void*>()(at.frame) * 31 + std::hash<const void*>()(at.node);
    return hash * 31 + static_cast<size_t>(at.output);
  }
};
struct PortEqual {
  bool operator()(const Source& a, const Source& b) const {
    return a.frame == b.frame && a.node == b.node && a.output == b.output;
  }
};

// The node itself, whichever output is meant.
Source NodeOf(const Source& port) { return {port.frame, port.node, 0}; }

class Builder {
 public:
  Builder(Program& program, Variables& variables, const Bytes& file)
      : program_(program), variables_(variables), file_(file) {}

  absl::StatusOr<SignatureGraph> Build(const SignatureDef& signature) {
    ZP_RETURN_IF_ERROR(FindChangedVariables(signature));
    result_.graph.name = signature.key;
    result_.signature.key = signature.key;
    for (const TensorInfo& input : signature.inputs) {
      absl::Status status = AddInput(input);
      if (!status.ok()) return Annotate(status, Place::kTensor, input.key);
    }
    for (const TensorInfo& output : signature.outputs) {
      absl::Status status = AddOutput(output);
      if (!status.ok()) return Annotate(status, Place::kTensor, output.key);
    }
    return std::move(result_);
  }

 private:
  // A node whose inputs are being built.
  struct Visit {
    Source at;
    std::vector<Source> inputs;
    size_t next = 0;
  };
  using Emit = absl::Status (Builder::*)(const Visit&);

  ir::Graph& graph() { return result_.graph; }

  absl::Status FindChangedVariables(const SignatureDef& signature) {
    std::vector<absl::string_view> tensors;
    for (const TensorInfo& output : signature.outputs) {
      if (!output.name.empty()) tensors.push_back(output.name);
    }
    ZP_ASSIGN_OR_RETURN(changed_, FindAssigned(program_, tensors));
    return absl::OkStatus();
  }

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
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, ValueOf(source));
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
    if (static_cast<size_t>(source.output) < outputs.size()) return outputs[static_cast<size_t>(source.output)];
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
    if (status.ok() && begun_.size() > kMaxNodes) {
      status = absl::ResourceExhaustedError("the graph has too many nodes once its calls are unfolded");
    }
    if (!status.ok()) return AtNode(status, at);
    Visit visit{.at = at};
    for (size_t i = 0; !DataInput(*at.node, i).empty(); ++i) {
      auto source = program_.Resolve(*at.frame, DataInput(*at.node, i));
      if (!source.ok()) return AtNode(source.status(), at);
      visit.inputs.push_back(*source);
    }
    stack.push_back(std::move(visit));
    return absl::OkStatus();
  }

  static absl::Status CheckReadable(const NodeDef& node) {
    if (IsControlFlow(node.op)) return absl::UnimplementedError("control flow is not supported yet");
    if (IsTensorList(node.op)) return absl::UnimplementedError("lists of tensors are not supported yet");
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
        {"ResourceGather", &Builder::EmitGather},
        {"ResourceGatherNd", &Builder::EmitGatherNd},
        {"VariableShape", &Builder::EmitVariableShape},
    };
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
    ZP_ASSIGN_OR_RETURN(std::string name, VariableName(program_, visit.at));
    auto changed = changed_.find(visit.at.node);
    if (changed != changed_.end()) {
      return absl::UnimplementedError(absl::StrCat("variable '", name, "' is changed by node '", changed->second,
                                                   "': variables that change are not supported yet"));
    }
    auto value = variables_.Read(visit.at);
    if (!value.ok()) return Annotate(value.status(), Place::kTensor, name);
    return AddConstant(visit.at, std::move(name), *std::move(value));
  }

  absl::StatusOr<ir::ValueId> VariableValue(const Visit& visit) const {
    if (visit.inputs.empty() || !IsResourceVariable(*visit.inputs[0].node)) {
      return absl::UnimplementedError("it reads a resource that is not a variable of the model");
    }
    return ValueOf(visit.inputs[0]);
  }

  absl::Status EmitRead(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit));
    built_.emplace(visit.at, std::vector<ir::ValueId>{value});
    return absl::OkStatus();
  }

  // ResourceGather takes the axis behind the batch dimensions, which GatherV2 wants to be told.
  absl::Status EmitGather(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, GatherAttributes(visit));
    attrs.Set("Taxis", static_cast<int64_t>(ElementType::kInt32));
    const int32_t axis = static_cast<int32_t>(attrs.Int("batch_dims"));
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit));
    ZP_ASSIGN_OR_RETURN(ir::ValueId indices, ValueOf(visit.inputs[1]));
    ir::ValueId axis_value = graph().AddConstant(absl::StrCat(visit.at.node->name, "/axis"), ir::Shape{},
                                                 absl::MakeConstSpan(&axis, 1));
    return AddNode(visit.at, "GatherV2", std::move(attrs), {value, indices, axis_value});
  }

  absl::Status EmitGatherNd(const Visit& visit) {
    ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, GatherAttributes(visit));
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit));
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
    ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit));
    ZP_ASSIGN_OR_RETURN(std::vector<OutputInfo> infos, OutputsOf(program_, *visit.at.frame, *visit.at.node));
    const ir::Shape shape = graph().value(value).shape;
    ir::TensorLiteral literal{.type = infos[0].type, .shape = {shape.rank()}};
    if (literal.type == ElementType::kInt64) {
      literal.data = Bytes::Of(shape.dims());
    } else {
      std::vector<int32_t> narrow(shape.dims().begin(), shape.dims().end());
      literal.data = Bytes::Of(absl::MakeConstSpan(narrow));
    }
    return AddConstant(visit.at, NewName(visit.at), std::move(literal));
  }

  Program& program_;
  Variables& variables_;
  const Bytes& file_;
  AssignedVariables changed_;
  SignatureGraph result_;
  std::unordered_map<Source, ir::ValueId, PortHash, PortEqual> fed_;                 // by output: the graph's inputs
  std::unordered_map<Source, std::vector<ir::ValueId>, PortHash, PortEqual> built_;  // by node: its outputs
  std::unordered_set<Source, PortHash, PortEqual> begun_;                            // by node
  std::unordered_set<std::string> names_;                                            // of nodes, as far as given
};

}  // namespace

absl::StatusOr<SignatureGraph> BuildGraph(Program& program, Variables& variables, const Bytes& file,
                                          const SignatureDef& signature) {
  return Builder(program, variables, file).Build(signature);
}

}  // namespace zeropoint::formats::saved_model
