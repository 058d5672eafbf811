// Calls of other graphs (While, If, Case), and what RaiseDataflow wants of the loops and branches of TensorFlow 1.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "formats/saved_model/builder.h"
#include "formats/saved_model/node_attributes.h"

namespace zeropoint::formats::saved_model {
namespace {

// An attribute of functions, and here of the loops in them.
constexpr absl::string_view kApiImplements = "api_implements";

}  // namespace

absl::Status Builder::FindInputsOfMerge(Visit& visit) {
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

absl::StatusOr<std::optional<bool>> Builder::KnownPredicate(Source at) const {
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

absl::Status Builder::FinishDataflow() {
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

std::vector<bool> Builder::ResourceInputs(const Source& at) const {
  std::vector<bool> resources;
  const ControlFlow kind = ControlFlowOf(*at.node);
  if (kind == ControlFlow::kNone) return resources;
  if (kind != ControlFlow::kWhile) resources.push_back(false);
  auto types = program_.ArgumentTypes(*at.frame, *at.node);
  if (!types.ok()) return resources;  // building the functions says it
  for (int type : *types) resources.push_back(type == kDtResource);
  return resources;
}

absl::Status Builder::EmitDataflow(const Visit& visit) {
  ZP_ASSIGN_OR_RETURN(std::vector<ir::ValueId> inputs, ValuesOf(visit.inputs));
  if (visit.is_copy) {
    built_.emplace(
        visit.at, std::vector<ir::ValueId>{inputs[0],
                                           DataflowOf(*visit.at.node) == Dataflow::kSwitch ? inputs[0] : ir::kNoValue});
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

absl::Status Builder::EmitControlFlow(const Visit& visit) {
  switch (ControlFlowOf(*visit.at.node)) {
    case ControlFlow::kWhile:
      return EmitWhile(visit);
    case ControlFlow::kIf:
      return EmitIf(visit);
    default:
      return EmitCase(visit);
  }
}

absl::StatusOr<int> Builder::BuildCalled(Frame& frame, absl::string_view role, absl::Span<const int> argument_types,
                                         absl::Span<const int> result_types) {
  ZP_ASSIGN_OR_RETURN(ir::Graph graph, Builder(import_).Build(frame, role, argument_types, result_types));
  return import_.called.Add(std::move(graph));
}

absl::StatusOr<ir::ValueId> Builder::AsCondition(ir::Graph& graph, ir::ValueId condition,
                                                 const std::string& path) const {
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

absl::Status Builder::AddCall(const Visit& visit, absl::string_view op, ir::Attributes attrs,
                              std::vector<ir::ValueId> inputs, absl::Span<const int> result_types) {
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

absl::Status Builder::EmitWhile(const Visit& visit) {
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

absl::StatusOr<std::string> Builder::Implements(const Frame& frame) {
  const FunctionDef* function = frame.body->function;
  const EncodedAttr* attr = function == nullptr ? nullptr : FindAttr(function->attrs, kApiImplements);
  if (attr == nullptr) return std::string();
  ZP_ASSIGN_OR_RETURN(AttrValue value, DecodeAttr(attr->value));
  return std::string(value.text);
}

absl::StatusOr<Builder::BranchTypes> Builder::TypesOfBranches(const Visit& visit) const {
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

absl::Status Builder::EmitIf(const Visit& visit) {
  ZP_ASSIGN_OR_RETURN(std::vector<Frame*> branches, program_.Branches(*visit.at.frame, *visit.at.node));
  ZP_ASSIGN_OR_RETURN(BranchTypes types, TypesOfBranches(visit));
  ZP_ASSIGN_OR_RETURN(int then_index, BuildCalled(*branches[0], "then", types.arguments, types.results));
  ZP_ASSIGN_OR_RETURN(int else_index, BuildCalled(*branches[1], "else", types.arguments, types.results));
  ZP_ASSIGN_OR_RETURN(std::vector<ir::ValueId> operands, ValuesOf(visit.inputs));
  ZP_ASSIGN_OR_RETURN(operands[0], AsCondition(graph(), operands[0], std::string(visit.at.node->name)));
  return AddCall(visit, "IF", IfAttributes(then_index, else_index), std::move(operands), types.results);
}

ir::Attributes Builder::IfAttributes(int then_index, int else_index) {
  ir::Attributes attrs;
  attrs.Set("then_subgraph_index", int64_t{then_index});
  attrs.Set("else_subgraph_index", int64_t{else_index});
  return attrs;
}

absl::Status Builder::EmitCase(const Visit& visit) {
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

ir::ValueId Builder::AddIndex(ir::Graph& graph) {
  ir::Value index;
  index.name = absl::StrCat(graph.name, "/index");
  index.type = ElementType::kInt32;
  return graph.AddValue(std::move(index));
}

ir::ValueId Builder::AddIsIndex(ir::Graph& graph, const std::string& path, ir::ValueId index, size_t wanted) {
  const auto number = static_cast<int32_t>(wanted);
  ir::NodeInfo info{.op = "tf.Equal", .name = absl::StrCat(path, "/is_", wanted)};
  info.attrs.Set("T", static_cast<int64_t>(ElementType::kInt32));
  const ir::ValueId result = graph.AddValue({.name = info.name, .type = ElementType::kBool, .shape = ir::Shape{}});
  const ir::ValueId constant =
      graph.AddConstant(absl::StrCat(path, "/", wanted), ir::Shape{}, absl::MakeConstSpan(&number, 1));
  graph.AddNode(std::move(info), {index, constant}, {result});
  return result;
}

absl::StatusOr<int> Builder::AddChoice(const std::string& path, size_t wanted, int then_index, int else_index,
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

}  // namespace zeropoint::formats::saved_model
