#include "formats/saved_model/node_attributes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "formats/saved_model/op_defs.h"

namespace zeropoint::formats::saved_model {
namespace {

constexpr int64_t kNoElementType = -1;
constexpr char kFunctions = 'u';  // a kind of list that no definition has a default for

int64_t TypeCode(int64_t data_type) {
  std::optional<ElementType> type = ToElementType(static_cast<int>(data_type));
  return type.has_value() ? static_cast<int64_t>(*type) : kNoElementType;
}

std::vector<std::string> Copy(const std::vector<absl::string_view>& views) {
  return std::vector<std::string>(views.begin(), views.end());
}

// The kind of an empty list's elements is known to the op's definition alone; what it does not say are numbers.
char ElementKind(const AttrValue& value, const AttrDefault* known) {
  if (!value.texts.empty()) return 's';
  if (!value.functions.empty()) return kFunctions;
  if (!value.reals.empty()) return 'f';
  if (!value.shapes.empty()) return 'h';
  if (!value.types.empty()) return 't';
  return value.numbers.empty() && known != nullptr ? known->element : 'i';
}

void SetList(absl::string_view name, const AttrValue& value, const AttrDefault* known, ir::Attributes& attrs) {
  switch (ElementKind(value, known)) {
    case 's':
      attrs.Set(name, Copy(value.texts));
      break;
    case 'f':
      attrs.Set(name, value.reals);
      break;
    case 'h':
    case 't':
    case kFunctions:
      break;
    default:
      attrs.Set(name, value.numbers);
  }
}

absl::Status SetAttribute(absl::string_view name, const AttrValue& value, const AttrDefault* known, const Bytes& file,
                          ir::Attributes& attrs) {
  using Kind = AttrValue::Kind;
  switch (value.kind) {
    case Kind::kString:
      attrs.Set(name, std::string(value.text));
      break;
    case Kind::kInt:
      attrs.Set(name, value.number);
      break;
    case Kind::kFloat:
      attrs.Set(name, value.real);
      break;
    case Kind::kBool:
      attrs.Set(name, value.number != 0);
      break;
    case Kind::kShape:
      attrs.Set(name, value.shape);
      break;
    case Kind::kList:
      SetList(name, value, known, attrs);
      break;
    case Kind::kType:
      attrs.Set(name, TypeCode(value.number));
      if (TypeCode(value.number) == kNoElementType) {
        attrs.Set(absl::StrCat(name, ".tf"), std::string(DataTypeName(static_cast<int>(value.number))));
      }
      break;
    case Kind::kTensor: {
      ZP_ASSIGN_OR_RETURN(ir::TensorLiteral literal, DecodeTensor(value.text, file));
      attrs.Set(name, std::move(literal));
      break;
    }
    case Kind::kFunction:
    case Kind::kPlaceholder:
    case Kind::kNone:
      break;
  }
  return absl::OkStatus();
}

// The attribute as the node has it, or else as the op's definition does.
absl::StatusOr<AttrValue> AttrOrDefault(const Program& program, const Frame& frame, const NodeDef& node,
                                        absl::string_view name) {
  ZP_ASSIGN_OR_RETURN(AttrValue value, program.Attr(frame, node, name));
  const OpSignature* op = program.Op(node.op);
  const AttrDefault* known = op == nullptr ? nullptr : op->Default(name);
  return value.kind == AttrValue::Kind::kNone && known != nullptr ? known->value : value;
}

}  // namespace

absl::StatusOr<ElementType> OutputType(int data_type) {
  // Lists of tensors: passes make tensors of them.
  if (data_type == kDtVariant) return ElementType::kVariant;
  std::optional<ElementType> type = ToElementType(data_type);
  if (!type.has_value()) {
    return absl::UnimplementedError(
        absl::StrCat("it gives a tensor of type ", DataTypeName(data_type), ", which LiteRT does not have"));
  }
  return *type;
}

namespace {

absl::Status AppendOutputs(const Program& program, const Frame& frame, const NodeDef& node, const OpArg& arg,
                           std::vector<OutputInfo>& outputs) {
  ZP_ASSIGN_OR_RETURN(int64_t count, program.CountTensors(frame, node, arg.number_attr, arg.type_list_attr));
  std::vector<int> types(static_cast<size_t>(count), arg.data_type);
  if (!arg.type_list_attr.empty()) {
    ZP_ASSIGN_OR_RETURN(AttrValue list, AttrOrDefault(program, frame, node, arg.type_list_attr));
    types = list.types;
  } else if (!arg.type_attr.empty()) {
    ZP_ASSIGN_OR_RETURN(AttrValue type, AttrOrDefault(program, frame, node, arg.type_attr));
    if (type.kind != AttrValue::Kind::kType) {
      return absl::InvalidArgumentError(absl::StrCat("it lacks the attribute '", arg.type_attr, "'"));
    }
    types.assign(types.size(), static_cast<int>(type.number));
  }
  for (int type : types) {
    outputs.emplace_back();
    ZP_ASSIGN_OR_RETURN(outputs.back().type, OutputType(type));
  }
  return absl::OkStatus();
}

// An op without a definition: as many tensors as others read, of the type in the attribute that most ops have it in.
absl::StatusOr<std::vector<OutputInfo>> OutputsOfUnknown(const Program& program, const Frame& frame,
                                                         const NodeDef& node) {
  for (absl::string_view name : {"Tout", "out_type", "output_type", "dtype", "T"}) {
    ZP_ASSIGN_OR_RETURN(AttrValue type, program.Attr(frame, node, name));
    if (type.kind != AttrValue::Kind::kType) continue;
    OutputInfo info;
    ZP_ASSIGN_OR_RETURN(info.type, OutputType(static_cast<int>(type.number)));
    return std::vector<OutputInfo>(std::max<size_t>(Program::CountReadOutputs(frame, node), 1), info);
  }
  return absl::UnimplementedError(absl::StrCat(
      "the op '", node.op, "' is not known: it is none of TensorFlow's, and the model holds no definition of it"));
}

}  // namespace

absl::StatusOr<ir::Attributes> ImportAttributes(const Program& program, const Frame& frame, const NodeDef& node,
                                                const Bytes& file) {
  ir::Attributes attrs;
  const OpSignature* op = program.Op(node.op);
  for (const EncodedAttr& attr : node.attrs) {
    if (attr.name.empty() || attr.name[0] == '_') continue;
    ZP_ASSIGN_OR_RETURN(AttrValue value, program.Attr(frame, node, attr.name));
    const AttrDefault* known = op == nullptr ? nullptr : op->Default(attr.name);
    ZP_RETURN_IF_ERROR(SetAttribute(attr.name, value, known, file, attrs));
  }
  if (op == nullptr) return attrs;
  for (const AttrDefault& attr : op->defaults) {
    if (attrs.Has(attr.name)) continue;
    ZP_RETURN_IF_ERROR(SetAttribute(attr.name, attr.value, &attr, file, attrs));
  }
  return attrs;
}

absl::StatusOr<std::vector<OutputInfo>> OutputsOf(const Program& program, const Frame& frame, const NodeDef& node) {
  std::vector<OutputInfo> outputs;
  const OpSignature* op = program.Op(node.op);
  if (op == nullptr) {
    ZP_ASSIGN_OR_RETURN(outputs, OutputsOfUnknown(program, frame, node));
  } else {
    for (const OpArg& arg : op->outputs) ZP_RETURN_IF_ERROR(AppendOutputs(program, frame, node, arg, outputs));
  }
  ZP_ASSIGN_OR_RETURN(AttrValue shapes, program.Attr(frame, node, "_output_shapes"));
  for (size_t i = 0; i < outputs.size() && i < shapes.shapes.size(); ++i) outputs[i].shape = shapes.shapes[i];
  return outputs;
}

absl::Status CheckInputs(const Program& program, const Frame& frame, const NodeDef& node, size_t num_inputs) {
  const OpSignature* op = program.Op(node.op);
  if (op == nullptr) return absl::OkStatus();
  int64_t wanted = 0;
  for (const OpArg& arg : op->inputs) {
    ZP_ASSIGN_OR_RETURN(int64_t count, program.CountTensors(frame, node, arg.number_attr, arg.type_list_attr));
    wanted += count;
  }
  if (wanted == static_cast<int64_t>(num_inputs)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("it has ", num_inputs, " inputs and needs ", wanted));
}

}  // namespace zeropoint::formats::saved_model
