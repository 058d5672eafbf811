// What stands for variables and tables in the graphs: constants, or reads and assignments of resources.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/saved_model/accesses.h"
#include "formats/saved_model/builder.h"
#include "formats/saved_model/node_attributes.h"

namespace zeropoint::formats::saved_model {

absl::Status Builder::EmitVariable(const Visit& visit) {
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

absl::StatusOr<ir::ValueId> Builder::VariableValue(const Visit& visit, absl::string_view part) {
  if (visit.inputs.empty() || !IsVariable(*visit.inputs[0].node)) {
    return absl::UnimplementedError("it reads a resource that is not a variable of the model");
  }
  if (!IsChanged(*visit.inputs[0].node)) return ValueOf(visit.inputs[0]);
  return ReadOf(visit.inputs[0], part.empty() ? NewName(visit.at) : Fresh(absl::StrCat(visit.at.node->name, part)));
}

absl::StatusOr<ir::ValueId> Builder::ReadOf(const Source& variable, std::string name) {
  ZP_ASSIGN_OR_RETURN(ir::ValueId handle, ValueOf(variable));
  return import_.resources.AddRead(variable, handle, std::move(name), graph());
}

absl::StatusOr<ir::ValueId> Builder::ValueNow(const Source& source) {
  if (!IsVariable(*source.node) || IsResourceVariable(*source.node) || !IsChanged(*source.node)) return ValueOf(source);
  return ReadOf(source, Fresh(absl::StrCat(source.node->name, "/value")));
}

absl::Status Builder::EmitAssign(const Visit& visit) {
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
    const ir::ValueId after =
        graph().AddValue({.name = info.name, .type = graph().value(before).type, .shape = graph().value(before).shape});
    graph().AddNode(std::move(info), {before, value}, {after});
    value = after;
  }
  graph().AddNode({.op = "ASSIGN_VARIABLE", .name = name}, {handle, value}, {});
  built_.emplace(visit.at, std::vector<ir::ValueId>{value});
  return absl::OkStatus();
}

absl::Status Builder::EmitTable(const Visit& visit) {
  built_.emplace(visit.at, std::vector<ir::ValueId>());
  return absl::OkStatus();
}

absl::Status Builder::CheckTable(const Visit& visit) {
  if (IsTable(*visit.inputs[0].node)) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("a table of the kind ", visit.inputs[0].node->op, " is not supported"));
}

absl::Status Builder::EmitLookup(const Visit& visit) {
  ZP_RETURN_IF_ERROR(CheckTable(visit));
  ZP_ASSIGN_OR_RETURN(ir::ValueId keys, ValueNow(visit.inputs[1]));
  ZP_ASSIGN_OR_RETURN(ir::ValueId otherwise, ValueNow(visit.inputs[2]));
  ZP_ASSIGN_OR_RETURN(ir::ValueId found, import_.resources.tables().AddLookup(visit.inputs[0], keys, otherwise,
                                                                              NewName(visit.at), graph()));
  built_.emplace(visit.at, std::vector<ir::ValueId>{found});
  return absl::OkStatus();
}

absl::Status Builder::EmitTableSize(const Visit& visit) {
  ZP_RETURN_IF_ERROR(CheckTable(visit));
  ZP_ASSIGN_OR_RETURN(const int64_t size, import_.resources.tables().SizeOf(visit.inputs[0]));
  return AddConstant(
      visit.at, NewName(visit.at),
      {.type = ElementType::kInt64, .shape = ir::Shape{}, .data = Bytes::Of(absl::MakeConstSpan(&size, 1))});
}

absl::Status Builder::EmitIsInitialized(const Visit& visit) {
  ir::TensorLiteral literal{.type = ElementType::kBool, .shape = ir::Shape{}, .data = Bytes::Own({1})};
  return AddConstant(visit.at, NewName(visit.at), std::move(literal));
}

absl::Status Builder::EmitRead(const Visit& visit) {
  ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit, ""));
  built_.emplace(visit.at, std::vector<ir::ValueId>{value});
  return absl::OkStatus();
}

absl::Status Builder::EmitGather(const Visit& visit) {
  ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, GatherAttributes(visit));
  attrs.Set("Taxis", static_cast<int64_t>(ElementType::kInt32));
  const int32_t axis = static_cast<int32_t>(attrs.Int("batch_dims"));
  ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit, "/variable"));
  ZP_ASSIGN_OR_RETURN(ir::ValueId indices, ValueOf(visit.inputs[1]));
  ir::ValueId axis_value =
      graph().AddConstant(absl::StrCat(visit.at.node->name, "/axis"), ir::Shape{}, absl::MakeConstSpan(&axis, 1));
  return AddNode(visit.at, "GatherV2", std::move(attrs), {value, indices, axis_value});
}

absl::Status Builder::EmitGatherNd(const Visit& visit) {
  ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, GatherAttributes(visit));
  ZP_ASSIGN_OR_RETURN(ir::ValueId value, VariableValue(visit, "/variable"));
  ZP_ASSIGN_OR_RETURN(ir::ValueId indices, ValueOf(visit.inputs[1]));
  return AddNode(visit.at, "GatherNd", std::move(attrs), {value, indices});
}

absl::StatusOr<ir::Attributes> Builder::GatherAttributes(const Visit& visit) {
  ZP_ASSIGN_OR_RETURN(ir::Attributes attrs, ImportAttributes(program_, *visit.at.frame, *visit.at.node, file_));
  attrs.Set("Tparams", attrs.Int("dtype"));
  attrs.Remove("dtype");
  attrs.Remove("validate_indices");
  return attrs;
}

absl::Status Builder::EmitVariableShape(const Visit& visit) {
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

}  // namespace zeropoint::formats::saved_model
