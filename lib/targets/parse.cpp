// Data files to targets. Strict: an unknown member, a rule without what it needs, or an op without a source is an
// error, so that the test that reads all files checks them.
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "targets/target.h"

namespace zeropoint::targets {
namespace {

using Json = nlohmann::json;

template <typename... Parts>
absl::Status Wrong(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

absl::Status OnlyMembers(const Json& json, const std::set<std::string>& known, const std::string& place) {
  if (!json.is_object()) return Wrong(place, ": an object is wanted");
  for (const auto& [key, value] : json.items()) {
    if (known.count(key) == 0) return Wrong(place, ": there is no member '", key, "'");
  }
  return absl::OkStatus();
}

// The member as T, `otherwise` when it is absent.
template <typename T>
absl::StatusOr<T> Member(const Json& json, const char* key, T otherwise, const std::string& place) {
  auto at = json.find(key);
  if (at == json.end()) return otherwise;
  bool fits = false;
  if constexpr (std::is_same_v<T, std::string>) fits = at->is_string();
  if constexpr (std::is_same_v<T, bool>) fits = at->is_boolean();
  if constexpr (std::is_same_v<T, int>) fits = at->is_number_integer();
  if constexpr (std::is_same_v<T, double>) fits = at->is_number();
  if (!fits) return Wrong(place, ".", key, ": not of the wanted type, but ", at->type_name());
  return at->get<T>();
}

// A list of T, or one T alone; empty when absent.
template <typename T>
absl::StatusOr<std::vector<T>> List(const Json& json, const char* key, const std::string& place) {
  std::vector<T> list;
  auto at = json.find(key);
  if (at == json.end()) return list;
  const Json items = at->is_array() ? *at : Json::array({*at});
  for (const Json& item : items) {
    const bool fits = std::is_same_v<T, std::string> ? item.is_string()
                      : std::is_same_v<T, int>       ? item.is_number_integer()
                                                     : item.is_number();
    if (!fits) return Wrong(place, ".", key, ": ", item.type_name(), " in the list");
    list.push_back(item.get<T>());
  }
  return list;
}

// --- types

absl::StatusOr<TypeSet> ParseTypeSet(absl::string_view text) {
  TypeSet set;
  text = absl::StripAsciiWhitespace(text);
  if (text == "any") {
    set.any = true;
    return set;
  }
  const std::optional<TensorRef> like = ParseTensorRef(text);
  if (like.has_value() && !like->output && like->index >= 0) {
    set.like_operand = like->index;
    return set;
  }
  for (absl::string_view name : absl::StrSplit(text, '|')) {
    const TypeTraits* type = FindTraits(name);
    if (type == nullptr) return Wrong("'", name, "' is no element type");
    set.types.push_back(type->type);
  }
  return set;
}

absl::StatusOr<std::vector<TypeSet>> ParseTypeSets(absl::string_view text) {
  std::vector<TypeSet> sets;
  if (absl::StripAsciiWhitespace(text).empty()) return sets;
  for (absl::string_view one : absl::StrSplit(text, ',')) {
    ZP_ASSIGN_OR_RETURN(TypeSet set, ParseTypeSet(one));
    sets.push_back(std::move(set));
  }
  return sets;
}

// --- rules

// What a rule of each kind needs beside the tensors it is about.
absl::Status CheckRule(const Rule& rule, const std::string& place) {
  const bool bounds = rule.min.has_value() || rule.max.has_value();
  const bool about_attr = rule.kind == RuleKind::kAttr || rule.kind == RuleKind::kAttrsEqual;
  if (rule.tensors.empty() != about_attr) return Wrong(place, ": 'of' names tensors, but for rules about attributes");
  if (rule.attr.empty() == about_attr) return Wrong(place, ": 'attr' goes with rules about attributes");
  switch (rule.kind) {
    case RuleKind::kRank:
    case RuleKind::kScales:
    case RuleKind::kDims:
    case RuleKind::kElements:
      return bounds ? absl::OkStatus() : Wrong(place, ": 'min' or 'max' is missing");
    case RuleKind::kInnerDims:
      return rule.max.has_value() ? absl::OkStatus() : Wrong(place, ": 'max' is missing");
    case RuleKind::kDim:
    case RuleKind::kValues:
    case RuleKind::kAttr:
      return bounds || !rule.values.empty() ? absl::OkStatus() : Wrong(place, ": 'values' or bounds are missing");
    case RuleKind::kNoValues:
      return rule.values.empty() ? Wrong(place, ": 'values' are missing") : absl::OkStatus();
    case RuleKind::kAttrsEqual:
      return rule.other.empty() ? Wrong(place, ": 'other' is missing") : absl::OkStatus();
    case RuleKind::kTypes:
    case RuleKind::kNoTypes:
      for (const std::string& type : rule.types) {
        if (FindTraits(type) == nullptr) return Wrong(place, ": '", type, "' is no element type");
      }
      return rule.types.empty() ? Wrong(place, ": 'types' are missing") : absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

absl::Status ReadTensors(const Json& json, Rule& rule, const std::string& place) {
  ZP_ASSIGN_OR_RETURN(const std::vector<std::string> names, List<std::string>(json, "of", place));
  for (const std::string& name : names) {
    const std::optional<TensorRef> tensor = ParseTensorRef(name);
    if (!tensor.has_value()) return Wrong(place, ".of: '", name, "' is none of in, in0, out, out0, ...");
    rule.tensors.push_back(*tensor);
  }
  ZP_ASSIGN_OR_RETURN(const std::string axes_of, Member<std::string>(json, "axes_of", "", place));
  if (!axes_of.empty()) {
    rule.axes_of = ParseTensorRef(axes_of);
    if (!rule.axes_of.has_value()) return Wrong(place, ".axes_of: '", axes_of, "' is no tensor");
  }
  ZP_ASSIGN_OR_RETURN(const std::string only, Member<std::string>(json, "only", "", place));
  rule.only_constants = only == "constants";
  rule.only_run_time = only == "run-time";
  if (!only.empty() && !rule.only_constants && !rule.only_run_time) {
    return Wrong(place, ".only: '", only, "' is neither constants nor run-time");
  }
  return absl::OkStatus();
}

absl::StatusOr<Rule> ReadRule(const Json& json, const std::string& place) {
  ZP_RETURN_IF_ERROR(OnlyMembers(json,
                                 {"rule", "of", "min", "max", "values", "types", "axis", "at", "axes_of", "attr",
                                  "other", "when", "mend", "only", "except"},
                                 place));
  Rule rule;
  ZP_ASSIGN_OR_RETURN(const std::string kind, Member<std::string>(json, "rule", "", place));
  const std::optional<RuleKind> found = FindRuleKind(kind);
  if (!found.has_value()) return Wrong(place, ": there is no rule '", kind, "'");
  rule.kind = *found;
  ZP_RETURN_IF_ERROR(ReadTensors(json, rule, place));
  if (json.contains("min")) {
    ZP_ASSIGN_OR_RETURN(rule.min, Member<double>(json, "min", 0, place));
  }
  if (json.contains("max")) {
    ZP_ASSIGN_OR_RETURN(rule.max, Member<double>(json, "max", 0, place));
  }
  ZP_ASSIGN_OR_RETURN(rule.values, List<double>(json, "values", place));
  ZP_ASSIGN_OR_RETURN(rule.types, List<std::string>(json, "types", place));
  ZP_ASSIGN_OR_RETURN(rule.axis, Member<int>(json, "axis", 0, place));
  ZP_ASSIGN_OR_RETURN(rule.at, List<int>(json, "at", place));
  ZP_ASSIGN_OR_RETURN(rule.attr, Member<std::string>(json, "attr", "", place));
  ZP_ASSIGN_OR_RETURN(rule.other, Member<std::string>(json, "other", "", place));
  ZP_ASSIGN_OR_RETURN(rule.when_type, Member<std::string>(json, "when", "", place));
  ZP_ASSIGN_OR_RETURN(rule.mend, Member<std::string>(json, "mend", "", place));
  ZP_ASSIGN_OR_RETURN(rule.except, List<std::string>(json, "except", place));
  if (!rule.when_type.empty() && FindTraits(rule.when_type) == nullptr) {
    return Wrong(place, ".when: '", rule.when_type, "' is no element type");
  }
  ZP_RETURN_IF_ERROR(CheckRule(rule, place));
  return rule;
}

absl::StatusOr<std::vector<Rule>> ReadRules(const Json& json, const char* key, const std::string& place) {
  std::vector<Rule> rules;
  auto at = json.find(key);
  if (at == json.end()) return rules;
  if (!at->is_array()) return Wrong(place, ".", key, ": a list is wanted");
  for (size_t i = 0; i < at->size(); ++i) {
    ZP_ASSIGN_OR_RETURN(Rule rule, ReadRule((*at)[i], absl::StrCat(place, ".", key, "[", i, "]")));
    rules.push_back(std::move(rule));
  }
  return rules;
}

// --- ops

absl::StatusOr<OpEntry> ReadOp(const Json& json, const Target& target, const std::string& place) {
  ZP_RETURN_IF_ERROR(OnlyMembers(json, {"forms", "max_version", "rules", "mend", "source"}, place));
  OpEntry op;
  ZP_ASSIGN_OR_RETURN(const std::vector<std::string> forms, List<std::string>(json, "forms", place));
  for (const std::string& text : forms) {
    absl::StatusOr<TypeForm> form = ParseTypeForm(text);
    if (!form.ok()) return Wrong(place, ".forms: '", text, "': ", form.status().message());
    op.forms.push_back(*std::move(form));
  }
  if (op.forms.empty()) return Wrong(place, ": no forms");
  ZP_ASSIGN_OR_RETURN(op.max_version, Member<int>(json, "max_version", 0, place));
  ZP_ASSIGN_OR_RETURN(op.rules, ReadRules(json, "rules", place));
  ZP_ASSIGN_OR_RETURN(op.mend, Member<std::string>(json, "mend", "", place));
  ZP_ASSIGN_OR_RETURN(op.sources, List<std::string>(json, "source", place));
  if (op.sources.empty()) return Wrong(place, ": no source");
  for (const std::string& source : op.sources) {
    if (target.sources.count(source) == 0) return Wrong(place, ".source: '", source, "' is not among the sources");
  }
  return op;
}

absl::Status ReadVersions(const Json& json, const char* key, std::map<std::string, int>& versions) {
  auto at = json.find(key);
  if (at == json.end()) return absl::OkStatus();
  if (!at->is_object()) return Wrong(key, ": an object is wanted");
  for (const auto& [op, version] : at->items()) {
    if (!version.is_number_integer()) return Wrong(key, ".", op, ": a whole number is wanted");
    versions[op] = version.get<int>();
  }
  return absl::OkStatus();
}

absl::Status ReadSources(const Json& json, Target& target) {
  auto at = json.find("sources");
  if (at == json.end() || !at->is_object() || at->empty()) return Wrong("no sources");
  for (const auto& [key, words] : at->items()) {
    if (!words.is_string()) return Wrong("sources.", key, ": text is wanted");
    target.sources[key] = words.get<std::string>();
  }
  return absl::OkStatus();
}

absl::Status ReadRest(const Json& json, absl::Span<const Target* const> all, Target& target) {
  ZP_ASSIGN_OR_RETURN(const std::string rest, Member<std::string>(json, "rest", "", ""));
  target.accelerates = !rest.empty();
  if (rest.empty()) return absl::OkStatus();
  for (const Target* candidate : all) {
    if (candidate->name == rest && !candidate->accelerates) target.rest = candidate;
  }
  if (target.rest == nullptr) return Wrong("rest: '", rest, "' is no runtime");
  return target.fallback.empty() ? Wrong("an accelerator says in 'fallback' what becomes of other ops")
                                 : absl::OkStatus();
}

}  // namespace

bool TypeSet::Has(ElementType type) const {
  for (ElementType one : types) {
    if (one == type) return true;
  }
  return any;
}

absl::StatusOr<TypeForm> ParseTypeForm(absl::string_view text) {
  const std::vector<absl::string_view> sides = absl::StrSplit(text, "->");
  if (sides.size() != 2) return Wrong("no '->' between operands and results");
  TypeForm form;
  form.text = std::string(text);
  ZP_ASSIGN_OR_RETURN(form.inputs, ParseTypeSets(sides[0]));
  ZP_ASSIGN_OR_RETURN(form.outputs, ParseTypeSets(sides[1]));
  for (const std::vector<TypeSet>* side : {&form.inputs, &form.outputs}) {
    for (const TypeSet& set : *side) {
      if (set.like_operand < 0) continue;
      const bool exists = set.like_operand < static_cast<int>(form.inputs.size());
      if (!exists || form.inputs[static_cast<size_t>(set.like_operand)].like_operand >= 0) {
        return Wrong("in", set.like_operand, " has no types of its own");
      }
    }
  }
  return form;
}

absl::StatusOr<Target> ParseTarget(absl::string_view text, absl::Span<const Target* const> all) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  ZP_RETURN_IF_ERROR(OnlyMembers(json,
                                 {"title", "note", "rest", "fallback", "integer_only_rewrite", "sources", "rules",
                                  "refuses", "readable_versions", "refuses_float", "fixes_batch", "ops"},
                                 "target"));
  Target target;
  ZP_ASSIGN_OR_RETURN(target.title, Member<std::string>(json, "title", "", "target"));
  ZP_ASSIGN_OR_RETURN(target.note, Member<std::string>(json, "note", "", "target"));
  ZP_ASSIGN_OR_RETURN(target.fallback, Member<std::string>(json, "fallback", "", "target"));
  ZP_ASSIGN_OR_RETURN(target.integer_only_rewrite, Member<bool>(json, "integer_only_rewrite", false, "target"));
  ZP_ASSIGN_OR_RETURN(target.fixes_batch, Member<bool>(json, "fixes_batch", false, "target"));
  ZP_ASSIGN_OR_RETURN(target.refuses_float, Member<bool>(json, "refuses_float", false, "target"));
  ZP_RETURN_IF_ERROR(ReadRest(json, all, target));
  ZP_RETURN_IF_ERROR(ReadSources(json, target));
  ZP_ASSIGN_OR_RETURN(target.rules, ReadRules(json, "rules", "target"));
  ZP_ASSIGN_OR_RETURN(target.refuses, ReadRules(json, "refuses", "target"));
  ZP_RETURN_IF_ERROR(ReadVersions(json, "readable_versions", target.readable_versions));
  auto ops = json.find("ops");
  if (ops == json.end() || !ops->is_object()) return Wrong("no ops");
  for (const auto& [name, entry] : ops->items()) {
    ZP_ASSIGN_OR_RETURN(target.ops[name], ReadOp(entry, target, name));
  }
  return target;
}

absl::Status ReadLitertVersions(absl::string_view text, std::vector<Target>& releases) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  ZP_RETURN_IF_ERROR(OnlyMembers(json, {"title", "note", "sources", "versions"}, "litert"));
  for (Target& target : releases) {
    ZP_RETURN_IF_ERROR(ReadSources(json, target));
    ZP_ASSIGN_OR_RETURN(const std::string title, Member<std::string>(json, "title", "", "litert"));
    target.title = absl::StrCat(title, " ", ops::ToString(*target.litert));
    ZP_ASSIGN_OR_RETURN(target.note, Member<std::string>(json, "note", "", "litert"));
  }
  auto versions = json.find("versions");
  if (versions == json.end() || !versions->is_object()) return Wrong("litert: no versions");
  for (const auto& [op, since] : versions->items()) {
    if (!since.is_object()) return Wrong("litert.", op, ": an object is wanted");
    for (const auto& [release_text, version] : since.items()) {
      ZP_ASSIGN_OR_RETURN(const ops::Release release, ops::ParseRelease(release_text));
      if (!version.is_number_integer()) return Wrong("litert.", op, ".", release_text, ": a whole number is wanted");
      for (Target& target : releases) {
        if (!(release <= *target.litert)) continue;
        OpEntry& entry = target.ops[op];
        entry.max_version = std::max(entry.max_version, version.get<int>());
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace zeropoint::targets
