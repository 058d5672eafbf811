// Reading a recipe: the file, its JSON, and Zeropoint's own format.
#include "pipeline/recipe.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/file.h"
#include "pipeline/recipe_json.h"

namespace zeropoint::pipeline {
namespace {

using plan::Scheme;

constexpr std::pair<const char*, Scheme> kSchemes[] = {{"float", Scheme::kFloat},
                                                       {"float16", Scheme::kFloat16},
                                                       {"int8", Scheme::kInt8},
                                                       {"int16x8", Scheme::kInt16x8},
                                                       {"dynamic", Scheme::kDynamicRange}};
constexpr std::pair<const char*, Type> kIoTypes[] = {
    {"float32", Type::kFloat32}, {"int8", Type::kInt8}, {"uint8", Type::kUInt8}, {"int16", Type::kInt16}};
constexpr std::pair<const char*, Calibration> kCalibrations[] = {{"tensorflow", Calibration::kTensorFlow},
                                                                 {"exact", Calibration::kExact}};
constexpr std::pair<const char*, SampleState> kSampleStates[] = {{"carry", SampleState::kCarry},
                                                                 {"reset", SampleState::kReset}};

// Line and column, from 1, of the byte at `offset`.
std::string PlaceInText(absl::string_view text, size_t offset) {
  const absl::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n');
  const size_t column = start == absl::string_view::npos ? before.size() + 1 : before.size() - start;
  return absl::StrCat("line ", line, ", column ", column);
}

// nlohmann-json tells where the syntax is wrong by an exception only.
absl::StatusOr<Json> ParseJson(absl::string_view text) {
  std::vector<std::set<std::string>> open;  // the keys of the objects around the parser's place
  std::string twice;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second) {
      twice = parsed.get<std::string>();
    }
    return true;
  };
  try {
    Json json = Json::parse(text.begin(), text.end(), watch);
    if (twice.empty()) return json;
    return absl::InvalidArgumentError(absl::StrCat("key '", twice, "' stands twice in one object"));
  } catch (const Json::parse_error& error) {
    const size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    return absl::InvalidArgumentError(absl::StrCat(PlaceInText(text, offset), ": this is no JSON"));
  }
}

bool IsText(const std::string& text_or_path) {
  const size_t first = text_or_path.find_first_not_of(" \t\r\n");
  return first != std::string::npos && (text_or_path[first] == '{' || text_or_path[first] == '[');
}

std::optional<ir::Range> ReadRange(JsonObject& object) {
  const Json* json = object.Take("range");
  if (json == nullptr) return std::nullopt;
  if (!json->is_array() || json->size() != 2 || !(*json)[0].is_number() || !(*json)[1].is_number()) {
    object.Fail("range", "takes two numbers, [min, max]");
    return std::nullopt;
  }
  const ir::Range range{(*json)[0].get<float>(), (*json)[1].get<float>()};
  if (!std::isfinite(range.min) || !std::isfinite(range.max) || range.min > range.max) {
    object.Fail("range", "takes the smaller number first, and none beyond float32");
  }
  return range;
}

std::optional<Region> ReadRegion(JsonObject& object, absl::Status& status) {
  const Json* json = object.Take("region");
  if (json == nullptr) return std::nullopt;
  JsonObject members(*json, object.At("region"), status);
  Region region{members.Texts("from"), members.Texts("to")};
  members.Finish();
  if (region.from.empty() && region.to.empty()) object.Fail("region", "takes 'from', 'to' or both");
  return region;
}

// Members that say what the nodes shall be.
void ReadTreatment(JsonObject& object, Rule& rule) {
  rule.scheme = object.Choice("scheme", kSchemes);
  rule.per_channel = object.Flag("per_channel");
  rule.explicit_dequantize = object.Flag("explicit_dequantize");
  rule.weights_only = object.Flag("weights_only");
  rule.min_weight_elements = object.Count("min_weight_elements");
  rule.range = ReadRange(object);
}

// What the rule says about nodes or tensors fits together.
void CheckTreatment(const JsonObject& object, const Rule& rule) {
  if (!rule.scheme.has_value() && !rule.per_channel.has_value() && !rule.range.has_value()) {
    object.Fail("scheme", "is missing: the rule says neither 'scheme' nor 'per_channel' nor 'range'");
  }
  const auto needs = [&](bool stated, const char* key, Scheme scheme) {
    if (stated && rule.scheme != scheme)
      object.Fail(key, absl::StrCat("goes with scheme '", SchemeName(scheme), "' only"));
  };
  needs(rule.explicit_dequantize.has_value(), "explicit_dequantize", Scheme::kDynamicRange);
  needs(rule.min_weight_elements.has_value(), "min_weight_elements", Scheme::kDynamicRange);
  needs(rule.weights_only.has_value(), "weights_only", Scheme::kFloat16);
  if (!rule.range.has_value()) return;
  if (rule.scheme.has_value() || rule.per_channel.has_value()) {
    object.Fail("range", "is about tensors; state what nodes shall be in a rule of its own");
  }
  if (rule.tensors.empty() || !rule.ops.empty() || !rule.names.empty() || !rule.regexes.empty() || rule.region) {
    object.Fail("range", "goes with 'tensor', and with 'signature' and 'graph', but with no other selector");
  }
}

void ReadRule(const Json& json, int index, absl::Status& status, Recipe& recipe) {
  Rule rule;
  rule.index = index;
  rule.path = absl::StrCat("rules[", index, "]");
  JsonObject object(json, rule.path, status);
  rule.ops = object.Texts("op");
  rule.names = object.Texts("name");
  rule.regexes = object.Texts("regex");
  rule.tensors = object.Texts("tensor");
  rule.graphs = object.Texts("graph");
  rule.signatures = object.Texts("signature");
  rule.region = ReadRegion(object, status);
  rule.optional = object.Flag("optional").value_or(false);
  object.Text("comment");
  ReadTreatment(object, rule);
  object.Finish();
  CheckTreatment(object, rule);
  const bool selects = !rule.ops.empty() || !rule.names.empty() || !rule.regexes.empty() || !rule.tensors.empty() ||
                       !rule.graphs.empty() || !rule.signatures.empty() || rule.region.has_value();
  if (!selects) {
    object.Fail("",
                "the rule selects nothing: it takes 'op', 'name', 'regex', 'tensor', 'region', 'graph' or "
                "'signature' (\"name\": \"*\" is everything)");
  }
  recipe.rules.push_back(std::move(rule));
}

}  // namespace

JsonObject::JsonObject(const Json& json, std::string path, absl::Status& status)
    : json_(json), path_(std::move(path)), status_(status) {
  if (!json.is_object()) Fail("", absl::StrCat("an object is wanted, not ", json.type_name()));
}

std::string JsonObject::At(const std::string& key) const {
  if (path_.empty() || key.empty()) return absl::StrCat(path_, key);
  return absl::StrCat(path_, ".", key);
}

void JsonObject::Fail(const std::string& key, const std::string& message) const {
  const std::string place = At(key);
  if (status_.ok()) status_ = absl::InvalidArgumentError(absl::StrCat(place, place.empty() ? "" : ": ", message));
}

void JsonObject::FailUnimplemented(const std::string& key, const std::string& message) const {
  if (status_.ok()) status_ = absl::UnimplementedError(absl::StrCat(At(key), ": ", message));
}

const Json* JsonObject::Take(const char* key) {
  known_.insert(key);
  if (!status_.ok() || !json_.is_object()) return nullptr;
  auto member = json_.find(key);
  return member == json_.end() ? nullptr : &*member;
}

std::optional<std::string> JsonObject::Text(const char* key) {
  const Json* json = Take(key);
  if (json == nullptr) return std::nullopt;
  if (json->is_string()) return json->get<std::string>();
  Fail(key, absl::StrCat("a string is wanted, not ", json->type_name()));
  return std::nullopt;
}

std::vector<std::string> JsonObject::Texts(const char* key) {
  const Json* json = Take(key);
  if (json == nullptr) return {};
  if (json->is_string()) return {json->get<std::string>()};
  const bool strings = json->is_array() && !json->empty() &&
                       std::all_of(json->begin(), json->end(), [](const Json& item) { return item.is_string(); });
  if (strings) return json->get<std::vector<std::string>>();
  Fail(key, "a string or a list of strings is wanted");
  return {};
}

std::optional<bool> JsonObject::Flag(const char* key) {
  const Json* json = Take(key);
  if (json == nullptr) return std::nullopt;
  if (json->is_boolean()) return json->get<bool>();
  Fail(key, absl::StrCat("true or false is wanted, not ", json->type_name()));
  return std::nullopt;
}

std::optional<int64_t> JsonObject::Count(const char* key) {
  const Json* json = Take(key);
  if (json == nullptr) return std::nullopt;
  if (json->is_number_integer() && json->get<int64_t>() >= 0) return json->get<int64_t>();
  Fail(key, "a whole number from 0 is wanted");
  return std::nullopt;
}

void JsonObject::Finish() const {
  if (!json_.is_object()) return;
  for (const auto& [key, value] : json_.items()) {
    if (known_.count(key) == 0)
      Fail(key, absl::StrCat("there is no such key; there are ", absl::StrJoin(known_, ", ")));
  }
}

absl::string_view SchemeName(Scheme scheme) {
  for (const auto& [name, value] : kSchemes) {
    if (value == scheme) return name;
  }
  return "";
}

absl::Status ReadOwnRecipe(const Json& json, Recipe& recipe) {
  absl::Status status;
  JsonObject object(json, "", status);
  object.Text("$schema");
  object.Text("comment");
  recipe.mode = object.Text("mode");
  recipe.input_type = object.Choice("input_type", kIoTypes);
  recipe.output_type = object.Choice("output_type", kIoTypes);
  recipe.per_channel = object.Flag("per_channel");
  recipe.per_channel_dense = object.Flag("per_channel_dense");
  recipe.integer_only_rewrite = object.Flag("integer_only_rewrite");
  recipe.variable_quantization = object.Flag("variable_quantization");
  recipe.trained_ranges = object.Flag("trained_ranges");
  recipe.calibration = object.Choice("calibration", kCalibrations);
  recipe.sample_state = object.Choice("sample_state", kSampleStates);
  if (const Json* rules = object.Take("rules")) {
    if (!rules->is_array()) object.Fail("rules", "a list is wanted");
    for (size_t i = 0; rules->is_array() && i < rules->size(); ++i) {
      ReadRule((*rules)[i], static_cast<int>(i), status, recipe);
    }
  }
  object.Finish();
  return status;
}

absl::StatusOr<Recipe> ReadRecipe(const std::string& text_or_path) {
  // Recipes are options, so that is what their errors are about; see KindOf.
  const auto fail = [&](const absl::Status& status, const std::string& file) {
    const absl::Status named(status.code(), absl::StrCat("recipe: ", status.message()));
    return Annotate(Annotate(named, Place::kStage, kOptionsStage), Place::kFile, file.empty() ? "<recipe>" : file);
  };
  Recipe recipe;
  std::string text = text_or_path;
  if (!IsText(text_or_path)) {
    recipe.file = text_or_path;
    absl::StatusOr<Bytes> file = MapFile(text_or_path);
    if (!file.ok()) return Annotate(file.status(), Place::kStage, kOptionsStage);
    text.assign(reinterpret_cast<const char*>(file->data()), file->size());
  }
  absl::StatusOr<Json> json = ParseJson(text);
  if (!json.ok()) return fail(json.status(), recipe.file);
  const absl::Status read = json->is_array() ? ReadLitertRecipe(*json, recipe) : ReadOwnRecipe(*json, recipe);
  if (!read.ok()) return fail(read, recipe.file);
  return recipe;
}

}  // namespace zeropoint::pipeline
