#include "formats/saved_model/op_defs.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "formats/saved_model/op_defs_table.h"
#include "formats/saved_model/wire.h"

namespace zeropoint::formats::saved_model {
namespace {

std::vector<OpArg> ParseArgs(absl::string_view text) {
  std::vector<OpArg> args;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    OpArg arg;
    std::vector<absl::string_view> named = absl::StrSplit(word, absl::MaxSplits(':', 1));
    std::vector<absl::string_view> counted = absl::StrSplit(named[0], absl::MaxSplits('*', 1));
    arg.name = counted[0];
    if (named.size() == 1) {
      arg.type_list_attr = counted[1];
    } else {
      if (counted.size() > 1) arg.number_attr = counted[1];
      if (named[1][0] == '@') {
        arg.data_type = DataTypeFromName(named[1].substr(1));
      } else {
        arg.type_attr = named[1];
      }
    }
    args.push_back(arg);
  }
  return args;
}

std::vector<absl::string_view> Items(absl::string_view text) { return absl::StrSplit(text, ',', absl::SkipEmpty()); }

AttrValue ParseScalarDefault(char kind, absl::string_view text) {
  using Kind = AttrValue::Kind;
  AttrValue value;
  switch (kind) {
    case 's':
      value.kind = Kind::kString;
      value.text = text;
      break;
    case 'b':
      value.kind = Kind::kBool;
      value.number = text == "true";
      break;
    case 't':
      value.kind = Kind::kType;
      value.number = DataTypeFromName(text);
      break;
    case 'h':
      value.kind = Kind::kShape;
      value.shape = text == "?" ? ir::Shape::Unranked() : ir::Shape();
      break;
    case 'f':
      value.kind = Kind::kFloat;
      (void)absl::SimpleAtof(text, &value.real);
      break;
    default:
      value.kind = Kind::kInt;
      (void)absl::SimpleAtoi(text, &value.number);
  }
  return value;
}

AttrValue ParseListDefault(char kind, absl::string_view text) {
  AttrValue value;
  value.kind = AttrValue::Kind::kList;
  for (absl::string_view item : Items(text)) {
    AttrValue element = ParseScalarDefault(kind, item);
    switch (kind) {
      case 's':
        value.texts.push_back(item);
        break;
      case 't':
        value.types.push_back(static_cast<int>(element.number));
        break;
      case 'f':
        value.reals.push_back(element.real);
        break;
      default:
        value.numbers.push_back(element.number);
    }
  }
  return value;
}

// "name:kind=value"; see the table's legend.
AttrDefault ParseDefault(absl::string_view word) {
  AttrDefault attr;
  std::vector<absl::string_view> named = absl::StrSplit(word, absl::MaxSplits(':', 1));
  std::vector<absl::string_view> valued = absl::StrSplit(named[1], absl::MaxSplits('=', 1));
  attr.name = named[0];
  attr.element = valued[0].back();
  attr.value =
      valued[0][0] == 'l' ? ParseListDefault(attr.element, valued[1]) : ParseScalarDefault(attr.element, valued[1]);
  return attr;
}

OpSignature ParseRow(const OpRow& row) {
  OpSignature op;
  op.inputs = ParseArgs(row.inputs);
  op.outputs = ParseArgs(row.outputs);
  for (absl::string_view word : absl::StrSplit(row.defaults, ' ', absl::SkipEmpty())) {
    op.defaults.push_back(ParseDefault(word));
  }
  return op;
}

// OpDef.ArgDef.
OpArg DecodeArg(absl::string_view bytes) {
  OpArg arg;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        arg.name = View(message);
        break;
      case Field(3, kVarint):
        arg.data_type = message.get_enum();
        break;
      case Field(4, kLength):
        arg.type_attr = View(message);
        break;
      case Field(5, kLength):
        arg.number_attr = View(message);
        break;
      case Field(6, kLength):
        arg.type_list_attr = View(message);
        break;
      default:
        message.skip();
    }
  }
  return arg;
}

// The letter that the table's legend has for "list(int)", "shape" ...; functions are spelled as strings.
char KindOf(absl::string_view type) {
  absl::ConsumePrefix(&type, "list(");
  if (absl::StartsWith(type, "shape")) return 'h';
  if (absl::StartsWith(type, "func")) return 's';
  return type.empty() ? 'i' : type[0];
}

// OpDef.AttrDef; nothing without a default.
absl::StatusOr<std::optional<AttrDefault>> DecodeDefault(absl::string_view bytes) {
  AttrDefault attr;
  bool has_default = false;
  absl::string_view encoded;
  protozero::pbf_reader message = Message(bytes);
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Field(1, kLength):
        attr.name = View(message);
        break;
      case Field(2, kLength):
        attr.element = KindOf(View(message));
        break;
      case Field(3, kLength):
        encoded = View(message);
        has_default = true;
        break;
      default:
        message.skip();
    }
  }
  if (!has_default) return std::nullopt;
  ZP_ASSIGN_OR_RETURN(attr.value, DecodeAttr(encoded));
  return attr;
}

}  // namespace

absl::StatusOr<std::pair<absl::string_view, OpSignature>> DecodeOpDef(absl::string_view encoded) {
  std::pair<absl::string_view, OpSignature> op;
  ZP_RETURN_IF_ERROR(Guarded("an op's definition", [&]() -> absl::Status {
    protozero::pbf_reader message = Message(encoded);
    while (message.next()) {
      switch (message.tag_and_type()) {
        case Field(1, kLength):
          op.first = View(message);
          break;
        case Field(2, kLength):
          op.second.inputs.push_back(DecodeArg(View(message)));
          break;
        case Field(3, kLength):
          op.second.outputs.push_back(DecodeArg(View(message)));
          break;
        case Field(4, kLength): {
          ZP_ASSIGN_OR_RETURN(std::optional<AttrDefault> attr, DecodeDefault(View(message)));
          if (attr.has_value()) op.second.defaults.push_back(*std::move(attr));
          break;
        }
        default:
          message.skip();
      }
    }
    return absl::OkStatus();
  }));
  return op;
}

const AttrDefault* OpSignature::Default(absl::string_view name) const {
  for (const AttrDefault& attr : defaults) {
    if (attr.name == name) return &attr;
  }
  return nullptr;
}

const OpSignature* FindOp(absl::string_view op) {
  // Parsed at the first use and never destroyed: readers on other threads may still be looking at exit.
  static const auto& table = *[] {
    auto* parsed = new std::map<absl::string_view, OpSignature>();
    for (const OpRow& row : OpRows()) parsed->emplace(row.name, ParseRow(row));
    return parsed;
  }();
  auto at = table.find(op);
  return at == table.end() ? nullptr : &at->second;
}

}  // namespace zeropoint::formats::saved_model
