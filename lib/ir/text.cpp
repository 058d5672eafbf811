// Printing of graphs and models; reading is in text_parser.cpp.
#include "ir/text.h"

#include <charconv>
#include <cmath>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ir/constants.h"

namespace zeropoint::ir {
namespace {

// Elements of a constant that a short dump shows.
constexpr size_t kShownElements = 64;

// The shortest spelling that reads back as the same float.
std::string Spell(float value) {
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end.ptr);
}

// With a point or exponent, so that it differs from an integer.
std::string SpellAsFloat(float value) {
  std::string text = Spell(value);
  const bool plain = text.find_first_not_of("-0123456789") == std::string::npos;
  return plain ? text + ".0" : text;
}

std::string Quote(absl::string_view text) { return absl::StrCat("\"", absl::CHexEscape(text), "\""); }

template <typename List, typename SpellElement>
std::string Bracketed(const List& list, SpellElement spell) {
  return absl::StrCat("[", absl::StrJoin(list, ",", [&](std::string* out, const auto& e) { *out += spell(e); }), "]");
}

std::string SpellInt(int64_t value) { return absl::StrCat(value); }

struct AttrSpeller {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int64_t value) const { return SpellInt(value); }
  std::string operator()(float value) const { return SpellAsFloat(value); }
  std::string operator()(const std::string& value) const { return Quote(value); }
  std::string operator()(const std::vector<int64_t>& value) const { return Bracketed(value, SpellInt); }
  std::string operator()(const std::vector<float>& value) const { return Bracketed(value, SpellAsFloat); }
  std::string operator()(const std::vector<std::string>& value) const { return Bracketed(value, Quote); }
  std::string operator()(const Shape& value) const { return absl::StrCat("shape", value.ToString()); }
  std::string operator()(const TensorLiteral& value) const {
    return absl::StrCat("literal:", Name(value.type), value.shape.ToString());
  }
};

std::string SpellAttributes(const Attributes& attrs) {
  if (attrs.all().empty()) return "";
  return absl::StrCat(" {",
                      absl::StrJoin(attrs.all(), ", ",
                                    [](std::string* out, const auto& entry) {
                                      absl::StrAppend(out, entry.first, "=", std::visit(AttrSpeller(), entry.second));
                                    }),
                      "}");
}

// One number stands for itself, several in brackets.
template <typename List, typename SpellElement>
std::string OneOrMany(const List& list, SpellElement spell) {
  return list.size() == 1 ? spell(list[0]) : Bracketed(list, spell);
}

std::string SpellQuant(const QuantParams& quant) {
  std::string text;
  if (quant.quantized()) {
    text =
        absl::StrCat(" scale=", OneOrMany(quant.scale, Spell), " zero_point=", OneOrMany(quant.zero_point, SpellInt));
  }
  if (quant.axis != 0 && (quant.quantized() || !quant.min.empty())) absl::StrAppend(&text, " axis=", quant.axis);
  if (!quant.min.empty()) absl::StrAppend(&text, " min=", OneOrMany(quant.min, Spell));
  if (!quant.max.empty()) absl::StrAppend(&text, " max=", OneOrMany(quant.max, Spell));
  return text;
}

std::string SpellType(const Value& value) {
  return absl::StrCat(Name(value.type), value.shape.ToString(), SpellQuant(value.quant));
}

std::string Hex(const uint8_t* data, size_t size) {
  return absl::StrCat("0x", absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(data), size)));
}

class Printer {
 public:
  Printer(const Graph& graph, const TextOptions& options)
      : graph_(graph), options_(options), names_(static_cast<size_t>(graph.num_values())) {}

  std::string Run() {
    NameValues();
    std::string text = absl::StrCat("graph ", Clean(graph_.name), "\n");
    for (ValueId id : graph_.inputs) absl::StrAppend(&text, "input ", Typed(id), "\n");
    for (ValueId id : sources_) absl::StrAppend(&text, SpellSource(id), "\n");
    for (NodeId id = graph_.first(); id != kNoNode; id = graph_.next(id)) {
      absl::StrAppend(&text, SpellNode(graph_.node(id)), "\n");
    }
    for (ValueId id : graph_.outputs) absl::StrAppend(&text, "output ", NameOf(id), "\n");
    return text;
  }

  // The printed names, valid after Run().
  const std::string& NameOf(ValueId id) const {
    static const std::string absent = "-";
    return id == kNoValue ? absent : names_[static_cast<size_t>(id)];
  }

 private:
  static std::string Clean(absl::string_view name) {
    std::string clean(name);
    for (char& c : clean) {
      if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && !absl::StrContains("_./:;-", c)) c = '_';
    }
    return clean;
  }

  // In order of appearance in the text, so that names do not depend on ids.
  void NameValues() {
    for (ValueId id : graph_.inputs) TakeName(id);
    for (NodeId id = graph_.first(); id != kNoNode; id = graph_.next(id)) {
      const Node& node = graph_.node(id);
      for (ValueId in : node.inputs()) Mention(in);
      for (ValueId scratch : node.info.intermediates) Mention(scratch);
      for (ValueId out : node.outputs()) Mention(out);
    }
    for (ValueId id : graph_.outputs) Mention(id);
  }

  bool Named(ValueId id) const { return !names_[static_cast<size_t>(id)].empty(); }

  void Mention(ValueId id) {
    if (id == kNoValue || Named(id)) return;
    TakeName(id);
    if (graph_.producer(id) == kNoNode) sources_.push_back(id);
  }

  void TakeName(ValueId id) {
    if (Named(id)) return;
    const std::string clean = Clean(graph_.value(id).name);
    std::string name = clean;
    for (int suffix = 1; name.empty() || !taken_.insert(name).second; ++suffix) name = absl::StrCat(clean, "_", suffix);
    names_[static_cast<size_t>(id)] = absl::StrCat("%", name);
  }

  std::string Typed(ValueId id) const { return absl::StrCat(NameOf(id), " : ", SpellType(graph_.value(id))); }

  std::string SpellSource(ValueId id) const {
    const Value& value = graph_.value(id);
    if (value.is_constant) return absl::StrCat("const ", Typed(id), " =", SpellElements(id));
    return absl::StrCat(value.is_variable ? "variable " : "temporary ", Typed(id));
  }

  std::string SpellElements(ValueId id) const {
    const Value& value = graph_.value(id);
    const int bits = Traits(value.type).bits;
    const size_t count = bits == 0 ? value.data.size() : value.data.size() * 8 / static_cast<size_t>(bits);
    if (count > kShownElements && !options_.all_elements) return " ...";
    if (auto ints = IntElements(graph_, id)) return Spaced(*ints, SpellInt);
    if (value.type == ElementType::kFloat32) return Spaced(*FloatElements(graph_, id), Spell);
    return absl::StrCat(" ", Hex(value.data.data(), value.data.size()));
  }

  template <typename List, typename SpellElement>
  static std::string Spaced(const List& list, SpellElement spell) {
    std::string text;
    for (const auto& element : list) absl::StrAppend(&text, " ", spell(element));
    return text;
  }

  std::string Names(absl::Span<const ValueId> ids) const {
    return absl::StrJoin(ids, ", ", [this](std::string* out, ValueId id) { *out += NameOf(id); });
  }

  std::string SpellNode(const Node& node) const {
    const NodeInfo& info = node.info;
    std::string text = absl::StrCat(Names(node.outputs()), node.outputs().empty() ? "" : " = ", node.op());
    if (info.version != 1) absl::StrAppend(&text, "@", info.version);
    absl::StrAppend(&text, "(", Names(node.inputs()), ")", SpellAttributes(info.attrs));
    if (!info.custom_options.empty()) {
      absl::StrAppend(&text, " options=", Hex(info.custom_options.data(), info.custom_options.size()));
    }
    if (!info.mutates.empty()) absl::StrAppend(&text, " mutates=", SpellMutated(info.mutates));
    if (!info.intermediates.empty()) absl::StrAppend(&text, " intermediates=(", Names(info.intermediates), ")");
    if (node.outputs().empty()) return text;
    return absl::StrCat(text, " : ", absl::StrJoin(node.outputs(), ", ", [this](std::string* out, ValueId id) {
                          *out += SpellType(graph_.value(id));
                        }));
  }

  // The indices of the operands that change.
  static std::string SpellMutated(const std::vector<bool>& mutates) {
    std::vector<int64_t> operands;
    for (size_t i = 0; i < mutates.size(); ++i) {
      if (mutates[i]) operands.push_back(static_cast<int64_t>(i));
    }
    return Bracketed(operands, SpellInt);
  }

  const Graph& graph_;
  const TextOptions& options_;
  std::vector<std::string> names_;  // by value; empty when nothing mentions it
  std::set<std::string> taken_;
  std::vector<ValueId> sources_;  // constants, variables and temporaries, by first use
};

std::string SpellNamed(const Printer& printer, const std::vector<NamedValue>& list) {
  return absl::StrJoin(list, ",", [&](std::string* out, const NamedValue& named) {
    absl::StrAppend(out, Quote(named.name), "=", printer.NameOf(named.value));
  });
}

}  // namespace

std::string ToText(const Graph& graph, const TextOptions& options) { return Printer(graph, options).Run(); }

std::string ToText(const Model& model, const TextOptions& options) {
  std::string text;
  std::vector<Printer> printers;
  for (const Graph& graph : model.graphs) {
    printers.emplace_back(graph, options);
    absl::StrAppend(&text, printers.back().Run());
  }
  for (const Signature& signature : model.signatures) {
    const Printer& printer = printers[static_cast<size_t>(signature.graph)];
    absl::StrAppend(&text, "signature ", Quote(signature.key), " graph=", signature.graph, " inputs ",
                    SpellNamed(printer, signature.inputs), " outputs ", SpellNamed(printer, signature.outputs), "\n");
  }
  for (const Metadata& metadata : model.metadata) {
    absl::StrAppend(&text, "metadata ", Quote(metadata.name), " bytes=", metadata.data.size(), "\n");
  }
  return text;
}

}  // namespace zeropoint::ir
