#include "formats/saved_model/op_defs.h"

#include <algorithm>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "formats/saved_model/op_defs_table.h"

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
    case 's': value.kind = Kind::kString; value.text = text; break;
    case 'b': value.kind = Kind::kBool; value.number = text == "true"; break;
    case 't': value.kind = Kind::kType; value.number = DataTypeFromName(text); break;
    case 'h': value.kind = Kind::kShape; value.shape = text == "?" ? ir::Shape::Unranked() : ir::Shape(); break;
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
      case 's': value.texts.push_back(item); break;
      case 't': value.types.push_back(static_cast<int>(element.number)); break;
      case 'f': value.reals.push_back(element.real); break;
      default: value.numbers.push_back(element.number);
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
  attr.value = valued[0][0] == 'l' ? ParseListDefault(attr.element, valued[1])
                                   : ParseScalarDefault(attr.element, valued[1]);
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

}  // namespace

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
