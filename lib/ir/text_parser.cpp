// Reads the text form of a graph (ir/text.h): one statement a line, each parsed by recursive descent.
#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ir/text.h"

namespace zeropoint::ir {
namespace {

bool IsNameChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("_./:;-", c); }

// The unread rest of a line.
class Cursor {
 public:
  explicit Cursor(absl::string_view text) : rest_(text) {}

  bool AtEnd() {
    Skip();
    return rest_.empty();
  }
  bool Accept(absl::string_view token) {
    Skip();
    return absl::ConsumePrefix(&rest_, token);
  }
  bool Peek(absl::string_view token) {
    Skip();
    return absl::StartsWith(rest_, token);
  }
  absl::Status Expect(absl::string_view token) {
    return Accept(token) ? absl::OkStatus() : Error(absl::StrCat("\"", token, "\" expected"));
  }
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(what, " before \"", rest_, "\""));
  }
  // The longest run of characters that `belongs` accepts.
  template <typename Belongs>
  absl::string_view Take(Belongs belongs) {
    Skip();
    size_t length = 0;
    while (length < rest_.size() && belongs(rest_[length])) ++length;
    absl::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }
  absl::string_view Name() { return Take(IsNameChar); }
  absl::string_view Number() {
    return Take(
        [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '+' || c == '.'; });
  }
  // A quoted string with escapes.
  absl::StatusOr<std::string> Quoted() {
    ZP_RETURN_IF_ERROR(Expect("\""));
    size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    std::string text;
    if (end >= rest_.size() || !absl::CUnescape(rest_.substr(0, end), &text)) return Error("unfinished string");
    rest_.remove_prefix(end + 1);
    return text;
  }

 private:
  void Skip() { rest_ = absl::StripLeadingAsciiWhitespace(rest_); }
  absl::string_view rest_;
};

absl::StatusOr<int64_t> ParseInt(Cursor& in) {
  const absl::string_view text = in.Number();
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) return in.Error(absl::StrCat("\"", text, "\" is not an integer"));
  return value;
}

absl::StatusOr<float> ToFloat(const Cursor& in, absl::string_view text) {
  float value = 0.0f;
  auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    return in.Error(absl::StrCat("\"", text, "\" is not a number"));
  }
  return value;
}

absl::StatusOr<float> ParseFloat(Cursor& in) { return ToFloat(in, in.Number()); }

absl::StatusOr<std::string> ParseHex(Cursor& in) {
  ZP_RETURN_IF_ERROR(in.Expect("0x"));
  const absl::string_view digits = in.Take([](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); });
  if (digits.size() % 2 != 0) return in.Error("odd number of hexadecimal digits");
  return absl::HexStringToBytes(digits);
}

absl::StatusOr<Shape> ParseShape(Cursor& in) {
  ZP_RETURN_IF_ERROR(in.Expect("["));
  if (in.Accept("*]")) return Shape::Unranked();
  Shape shape;
  while (!in.Accept("]")) {
    if (shape.rank() > 0) ZP_RETURN_IF_ERROR(in.Expect(","));
    if (in.Accept("?")) {
      shape.Append(kDynamic);
      continue;
    }
    ZP_ASSIGN_OR_RETURN(int64_t size, ParseInt(in));
    if (size < 0) return in.Error("negative dimension");
    shape.Append(size);
  }
  return shape;
}

// "[a,b]" or one element alone.
template <typename T, typename ParseElement>
absl::StatusOr<std::vector<T>> ParseOneOrMany(Cursor& in, ParseElement parse) {
  std::vector<T> list;
  if (!in.Accept("[")) {
    ZP_ASSIGN_OR_RETURN(T only, parse(in));
    list.push_back(std::move(only));
    return list;
  }
  while (!in.Accept("]")) {
    if (!list.empty()) ZP_RETURN_IF_ERROR(in.Expect(","));
    ZP_ASSIGN_OR_RETURN(T element, parse(in));
    list.push_back(std::move(element));
  }
  return list;
}

absl::StatusOr<AttrValue> ParseNumber(Cursor& in) {
  const absl::string_view text = in.Number();
  int64_t integer = 0;
  if (absl::SimpleAtoi(text, &integer)) return AttrValue(integer);
  ZP_ASSIGN_OR_RETURN(float value, ToFloat(in, text));
  return AttrValue(value);
}

// The first element tells the kind; an integer among floats is an error, as the printer never writes one.
absl::StatusOr<AttrValue> ParseList(Cursor& in) {
  Cursor ahead = in;
  (void)ahead.Accept("[");
  if (ahead.Peek("\"")) {
    ZP_ASSIGN_OR_RETURN(auto strings, ParseOneOrMany<std::string>(in, [](Cursor& c) { return c.Quoted(); }));
    return AttrValue(std::move(strings));
  }
  const absl::string_view first = ahead.Number();
  int64_t integer = 0;
  if (first.empty() || absl::SimpleAtoi(first, &integer)) {
    ZP_ASSIGN_OR_RETURN(auto ints, ParseOneOrMany<int64_t>(in, ParseInt));
    return AttrValue(std::move(ints));
  }
  ZP_ASSIGN_OR_RETURN(auto floats, ParseOneOrMany<float>(in, ParseFloat));
  return AttrValue(std::move(floats));
}

absl::StatusOr<AttrValue> ParseAttribute(Cursor& in) {
  if (in.Accept("true")) return AttrValue(true);
  if (in.Accept("false")) return AttrValue(false);
  if (in.Peek("[")) return ParseList(in);
  if (in.Peek("literal:")) return in.Error("tensor literals cannot be read");
  if (in.Peek("\"")) {
    ZP_ASSIGN_OR_RETURN(std::string text, in.Quoted());
    return AttrValue(std::move(text));
  }
  if (in.Accept("shape")) {
    ZP_ASSIGN_OR_RETURN(Shape shape, ParseShape(in));
    return AttrValue(std::move(shape));
  }
  return ParseNumber(in);
}

absl::Status ParseAttributes(Cursor& in, Attributes& attrs) {
  if (!in.Accept("{")) return absl::OkStatus();
  while (!in.Accept("}")) {
    if (!attrs.all().empty()) ZP_RETURN_IF_ERROR(in.Expect(","));
    const std::string name(in.Name());
    ZP_RETURN_IF_ERROR(in.Expect("="));
    ZP_ASSIGN_OR_RETURN(AttrValue value, ParseAttribute(in));
    attrs.Set(name, std::move(value));
  }
  return absl::OkStatus();
}

absl::Status ParseQuant(Cursor& in, QuantParams& quant) {
  struct FloatField {
    absl::string_view name;
    std::vector<float>* list;
  };
  for (const FloatField& field :
       {FloatField{"scale=", &quant.scale}, FloatField{"min=", &quant.min}, FloatField{"max=", &quant.max}}) {
    if (field.list == &quant.min && in.Accept("axis=")) {
      ZP_ASSIGN_OR_RETURN(int64_t axis, ParseInt(in));
      quant.axis = static_cast<int>(axis);
    }
    if (!in.Accept(field.name)) continue;
    ZP_ASSIGN_OR_RETURN(*field.list, ParseOneOrMany<float>(in, ParseFloat));
    if (field.list != &quant.scale) continue;
    ZP_RETURN_IF_ERROR(in.Expect("zero_point="));
    ZP_ASSIGN_OR_RETURN(quant.zero_point, ParseOneOrMany<int64_t>(in, ParseInt));
  }
  return absl::OkStatus();
}

// "float32[1,2] scale=..." into a value without a name.
absl::StatusOr<Value> ParseType(Cursor& in) {
  const absl::string_view name = in.Name();
  const TypeTraits* traits = FindTraits(name);
  if (traits == nullptr) return in.Error(absl::StrCat("\"", name, "\" is not an element type"));
  Value value;
  value.type = traits->type;
  ZP_ASSIGN_OR_RETURN(value.shape, ParseShape(in));
  ZP_RETURN_IF_ERROR(ParseQuant(in, value.quant));
  return value;
}

template <typename T>
void AppendElement(std::vector<uint8_t>& data, T element) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(&element);
  data.insert(data.end(), bytes, bytes + sizeof(T));
}

absl::StatusOr<Bytes> ParseElements(Cursor& in, ElementType type) {
  if (in.Peek("...")) return in.Error("an elided constant cannot be read");
  if (in.Peek("0x")) {
    ZP_ASSIGN_OR_RETURN(std::string raw, ParseHex(in));
    return Bytes::Of(absl::Span<const char>(raw.data(), raw.size()));
  }
  std::vector<uint8_t> data;
  while (!in.AtEnd()) {
    if (type == ElementType::kFloat32) {
      ZP_ASSIGN_OR_RETURN(float element, ParseFloat(in));
      AppendElement(data, element);
      continue;
    }
    ZP_ASSIGN_OR_RETURN(int64_t element, ParseInt(in));
    switch (Traits(type).bits) {
      case 8:
        AppendElement(data, static_cast<int8_t>(element));
        break;
      case 16:
        AppendElement(data, static_cast<int16_t>(element));
        break;
      case 32:
        AppendElement(data, static_cast<int32_t>(element));
        break;
      case 64:
        AppendElement(data, element);
        break;
      default:
        return in.Error("elements of this type are written byte by byte");
    }
  }
  return Bytes::Own(std::move(data));
}

class Parser {
 public:
  absl::Status Line(absl::string_view line) {
    Cursor in(line);
    if (in.AtEnd()) return absl::OkStatus();
    ZP_RETURN_IF_ERROR(Statement(in));
    return in.AtEnd() ? absl::OkStatus() : in.Error("end of line expected");
  }

  Graph Take() { return std::move(graph_); }

 private:
  absl::Status Statement(Cursor& in) {
    if (in.Accept("graph ")) {
      graph_.name = std::string(in.Name());
      return absl::OkStatus();
    }
    if (in.Accept("input ")) {
      ZP_ASSIGN_OR_RETURN(ValueId id, Declaration(in));
      graph_.inputs.push_back(id);
      return absl::OkStatus();
    }
    if (in.Accept("const ")) return Constant(in);
    if (in.Accept("variable ")) {
      ZP_ASSIGN_OR_RETURN(ValueId id, Declaration(in));
      graph_.value(id).is_variable = true;
      return absl::OkStatus();
    }
    if (in.Accept("temporary ")) return Declaration(in).status();
    if (in.Accept("output ")) {
      ZP_ASSIGN_OR_RETURN(ValueId id, Reference(in));
      graph_.outputs.push_back(id);
      return absl::OkStatus();
    }
    return NodeLine(in);
  }

  absl::StatusOr<std::string> NewName(Cursor& in) {
    ZP_RETURN_IF_ERROR(in.Expect("%"));
    std::string name(in.Name());
    if (ids_.count(name) != 0) return in.Error(absl::StrCat("%", name, " is defined twice"));
    return name;
  }

  ValueId Define(const std::string& name, Value value) {
    value.name = name;
    return ids_[name] = graph_.AddValue(std::move(value));
  }

  // "%x : type"
  absl::StatusOr<ValueId> Declaration(Cursor& in) {
    ZP_ASSIGN_OR_RETURN(std::string name, NewName(in));
    ZP_RETURN_IF_ERROR(in.Expect(":"));
    ZP_ASSIGN_OR_RETURN(Value value, ParseType(in));
    return Define(name, std::move(value));
  }

  absl::Status Constant(Cursor& in) {
    ZP_ASSIGN_OR_RETURN(ValueId id, Declaration(in));
    ZP_RETURN_IF_ERROR(in.Expect("="));
    Value& value = graph_.value(id);
    value.is_constant = true;
    ZP_ASSIGN_OR_RETURN(value.data, ParseElements(in, value.type));
    return absl::OkStatus();
  }

  absl::StatusOr<ValueId> Reference(Cursor& in) {
    if (in.Accept("-")) return kNoValue;
    ZP_RETURN_IF_ERROR(in.Expect("%"));
    const std::string name(in.Name());
    auto at = ids_.find(name);
    if (at == ids_.end()) return in.Error(absl::StrCat("%", name, " is not defined"));
    return at->second;
  }

  // "(%a, -)"
  absl::StatusOr<std::vector<ValueId>> References(Cursor& in) {
    ZP_RETURN_IF_ERROR(in.Expect("("));
    std::vector<ValueId> ids;
    while (!in.Accept(")")) {
      if (!ids.empty()) ZP_RETURN_IF_ERROR(in.Expect(","));
      ZP_ASSIGN_OR_RETURN(ValueId id, Reference(in));
      ids.push_back(id);
    }
    return ids;
  }

  absl::Status NodeLine(Cursor& in) {
    std::vector<std::string> results;
    while (in.Peek("%")) {
      ZP_ASSIGN_OR_RETURN(std::string name, NewName(in));
      results.push_back(std::move(name));
      if (!in.Accept(",")) break;
    }
    if (!results.empty()) ZP_RETURN_IF_ERROR(in.Expect("="));
    NodeInfo info;
    info.op = std::string(in.Name());
    info.name = results.empty() ? info.op : results.front();
    if (in.Accept("@")) {
      ZP_ASSIGN_OR_RETURN(int64_t version, ParseInt(in));
      info.version = static_cast<int>(version);
    }
    ZP_ASSIGN_OR_RETURN(std::vector<ValueId> inputs, References(in));
    ZP_RETURN_IF_ERROR(ParseAttributes(in, info.attrs));
    ZP_RETURN_IF_ERROR(NodeTail(in, inputs.size(), info));
    ZP_ASSIGN_OR_RETURN(std::vector<ValueId> outputs, Results(in, results));
    graph_.AddNode(std::move(info), std::move(inputs), std::move(outputs));
    return absl::OkStatus();
  }

  absl::Status NodeTail(Cursor& in, size_t num_inputs, NodeInfo& info) {
    if (in.Accept("options=")) {
      ZP_ASSIGN_OR_RETURN(std::string raw, ParseHex(in));
      info.custom_options.assign(raw.begin(), raw.end());
    }
    if (in.Accept("mutates=")) {
      info.mutates.assign(num_inputs, false);
      ZP_ASSIGN_OR_RETURN(auto operands, ParseOneOrMany<int64_t>(in, ParseInt));
      for (int64_t operand : operands) {
        if (operand < 0 || static_cast<size_t>(operand) >= num_inputs) return in.Error("no such operand");
        info.mutates[static_cast<size_t>(operand)] = true;
      }
    }
    if (in.Accept("intermediates=")) {
      ZP_ASSIGN_OR_RETURN(info.intermediates, References(in));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<ValueId>> Results(Cursor& in, const std::vector<std::string>& names) {
    std::vector<ValueId> ids;
    if (!names.empty()) ZP_RETURN_IF_ERROR(in.Expect(":"));
    for (const std::string& name : names) {
      if (!ids.empty()) ZP_RETURN_IF_ERROR(in.Expect(","));
      ZP_ASSIGN_OR_RETURN(Value value, ParseType(in));
      ids.push_back(Define(name, std::move(value)));
    }
    return ids;
  }

  Graph graph_;
  std::map<std::string, ValueId> ids_;
};

}  // namespace

absl::StatusOr<Graph> ParseGraph(absl::string_view text) {
  Parser parser;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    absl::Status status = parser.Line(line);
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", status.message()));
    }
  }
  return parser.Take();
}

}  // namespace zeropoint::ir
