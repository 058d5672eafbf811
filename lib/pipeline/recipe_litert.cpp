// Recipes of litert-quantizer: a list of {regex, operation, algorithm_key, op_config}.
// Source of keys, defaults and order: litert-quantizer 0.11, qtyping.py and recipe_manager.py.
#include <algorithm>
#include <utility>

#include "pipeline/recipe_json.h"

namespace zeropoint::pipeline {
namespace {

using plan::Scheme;

constexpr char kAllOps[] = "*";
constexpr char kMinMax[] = "min_max_uniform_quantize";
constexpr char kFloatCasting[] = "float_casting";
constexpr char kNoQuantize[] = "no_quantize";
constexpr char kChannelwise[] = "CHANNELWISE";
constexpr char kTensorwise[] = "TENSORWISE";

// How one tensor of an op is stored.
struct TensorConfig {
  int64_t bits = 0;
  bool symmetric = true;
  std::string granularity = kTensorwise, type = "INT";
};

std::optional<TensorConfig> ReadTensorConfig(JsonObject& object, const char* key, absl::Status& status) {
  const Json* json = object.Take(key);
  if (json == nullptr || json->is_null()) return std::nullopt;
  JsonObject members(*json, object.At(key), status);
  TensorConfig config;
  config.bits = members.Count("num_bits").value_or(-1);
  if (config.bits < 0) members.Fail("num_bits", "is missing");
  config.symmetric = members.Flag("symmetric").value_or(config.symmetric);
  config.granularity = members.Text("granularity").value_or(config.granularity);
  config.type = members.Text("dtype").value_or(config.type);
  if (config.granularity != kTensorwise && config.granularity != kChannelwise) {
    members.FailUnimplemented("granularity", absl::StrCat("'", config.granularity,
                                                          "' is not supported, only TENSORWISE and "
                                                          "CHANNELWISE"));
  }
  if (members.Count("block_size").value_or(0) != 0) {
    members.FailUnimplemented("block_size", "weights in blocks are not supported");
  }
  const Json* parameters = members.Take("algorithm_params");
  if (parameters != nullptr && !parameters->empty()) {
    members.FailUnimplemented("algorithm_params", "parameters of algorithms are not supported");
  }
  members.Finish();
  return config;
}

struct OpConfig {
  std::optional<TensorConfig> activation, weight;
  bool integer = false, explicit_dequantize = false;
  int64_t min_weight_elements = 0;
};

// Weights of the formats that Zeropoint writes; float16 with `as_float`.
void CheckWeight(const OpConfig& config, bool as_float, JsonObject& object) {
  const std::string at = "weight_tensor_config";
  if (!config.weight.has_value()) {
    object.Fail(at, "is missing");
    return;
  }
  const TensorConfig& weight = *config.weight;
  if (weight.type != (as_float ? "FLOAT" : "INT") || weight.bits != (as_float ? 16 : 8)) {
    object.FailUnimplemented(at, absl::StrCat(weight.type, " of ", weight.bits, " bits is not supported here, only ",
                                              as_float ? "FLOAT of 16" : "INT of 8"));
  }
  if (!weight.symmetric && !as_float) {
    object.FailUnimplemented(at + ".symmetric", "asymmetric weights are not supported");
  }
}

// Activations that are integers in the file.
Scheme StaticScheme(const TensorConfig& activation, JsonObject& object) {
  const std::string at = "activation_tensor_config";
  if (activation.type != "INT" || (activation.bits != 8 && activation.bits != 16)) {
    object.FailUnimplemented(
        at, absl::StrCat(activation.type, " of ", activation.bits, " bits is not supported, only INT of 8 or 16"));
  }
  if (activation.granularity != kTensorwise)
    object.FailUnimplemented(at + ".granularity", "only TENSORWISE is supported");
  if (activation.bits == 8 && activation.symmetric) {
    object.FailUnimplemented(at + ".symmetric", "8 bits are asymmetric here: the runtime's kernels need no symmetry");
  }
  if (activation.bits == 16 && !activation.symmetric) object.Fail(at + ".symmetric", "16 bits must be symmetric");
  return activation.bits == 16 ? Scheme::kInt16x8 : Scheme::kInt8;
}

void SetTreatment(const OpConfig& config, const std::string& algorithm, JsonObject& object, Rule& rule) {
  CheckWeight(config, algorithm == kFloatCasting, object);
  if (algorithm == kFloatCasting) {
    if (config.activation.has_value() || config.integer) {
      object.Fail("compute_precision", "float_casting takes FLOAT and no activation_tensor_config");
    }
    rule.scheme = Scheme::kFloat16;
    rule.weights_only = true;
    return;
  }
  if (config.weight.has_value()) rule.per_channel = config.weight->granularity == kChannelwise;
  if (config.integer && config.explicit_dequantize) {
    object.FailUnimplemented("explicit_dequantize", "true is not supported with compute_precision INTEGER");
  }
  if (config.activation.has_value()) {
    if (!config.integer) object.Fail("compute_precision", "must be INTEGER beside activation_tensor_config");
    rule.scheme = StaticScheme(*config.activation, object);
    return;
  }
  if (!config.integer && !config.explicit_dequantize) {
    object.FailUnimplemented("explicit_dequantize", "false is not supported with compute_precision FLOAT");
  }
  rule.scheme = Scheme::kDynamicRange;
  rule.explicit_dequantize = !config.integer;
  rule.min_weight_elements = config.min_weight_elements;
}

void ReadOpConfig(const Json& json, const std::string& path, const std::string& algorithm, absl::Status& status,
                  Rule& rule) {
  constexpr std::pair<const char*, bool> kPrecisions[] = {{"INTEGER", true}, {"FLOAT", false}};
  JsonObject object(json, path, status);
  OpConfig config;
  config.activation = ReadTensorConfig(object, "activation_tensor_config", status);
  config.weight = ReadTensorConfig(object, "weight_tensor_config", status);
  config.integer = object.Choice("compute_precision", kPrecisions).value_or(false);
  config.explicit_dequantize = object.Flag("explicit_dequantize").value_or(false);
  config.min_weight_elements = object.Count("min_weight_elements").value_or(0);
  if (object.Flag("skip_checks").value_or(false)) {
    object.FailUnimplemented("skip_checks", "true is not supported: what LiteRT cannot run is not written");
  }
  object.Finish();
  if (status.ok()) SetTreatment(config, algorithm, object, rule);
}

// litert-quantizer's names for ops, where they are not LiteRT's.
std::string OpNamed(const std::string& operation) {
  constexpr std::pair<const char*, const char*> kNames[] = {{"CONV_2D_TRANSPOSE", "TRANSPOSE_CONV"},
                                                            {"CUSTOM_OP", "custom.*"}};
  for (const auto& [theirs, ours] : kNames) {
    if (operation == theirs) return ours;
  }
  return operation;
}

Rule ReadRule(const Json& json, int index, absl::Status& status) {
  Rule rule;
  rule.index = index;
  rule.path = absl::StrCat("[", index, "]");
  rule.optional = true;
  rule.where_possible = true;
  JsonObject object(json, rule.path, status);
  rule.scopes = object.Texts("regex");
  if (rule.scopes.size() != 1) object.Fail("regex", "is missing, or no string");
  const std::optional<std::string> operation = object.Text("operation");
  if (!operation.has_value()) object.Fail("operation", "is missing");
  if (operation.has_value() && *operation != kAllOps) rule.ops = {OpNamed(*operation)};
  const std::string algorithm = object.Text("algorithm_key").value_or("");
  const Json* config = object.Take("op_config");
  object.Finish();
  if (algorithm == kNoQuantize) {
    rule.scheme = Scheme::kFloat;
  } else if (algorithm != kMinMax && algorithm != kFloatCasting) {
    object.FailUnimplemented("algorithm_key", absl::StrCat("'", algorithm, "' is not supported, only ", kMinMax, ", ",
                                                           kFloatCasting, " and ", kNoQuantize));
  } else if (config == nullptr) {
    object.Fail("op_config", "is missing");
  } else {
    ReadOpConfig(*config, object.At("op_config"), algorithm, status, rule);
  }
  return rule;
}

// litert-quantizer keeps the rules of one regex together, where its first rule stands; a rule for all ops drops those
// before it, another one takes the place of the rule for the same op.
void Insert(Rule rule, std::vector<std::vector<Rule>>& groups) {
  auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g[0].scopes == rule.scopes; });
  if (group == groups.end()) {
    groups.push_back({std::move(rule)});
    return;
  }
  if (rule.ops.empty()) group->clear();
  auto same = std::find_if(group->begin(), group->end(), [&](const Rule& r) { return r.ops == rule.ops; });
  if (same == group->end()) {
    group->push_back(std::move(rule));
  } else {
    *same = std::move(rule);
  }
}

}  // namespace

absl::Status ReadLitertRecipe(const Json& json, Recipe& recipe) {
  absl::Status status;
  std::vector<std::vector<Rule>> groups;
  for (size_t i = 0; i < json.size(); ++i) Insert(ReadRule(json[i], static_cast<int>(i), status), groups);
  for (std::vector<Rule>& group : groups) std::move(group.begin(), group.end(), std::back_inserter(recipe.rules));
  // What no rule names stays float, whatever the converter's options say.
  recipe.mode = "float";
  recipe.rules_have_io = true;
  return status;
}

}  // namespace zeropoint::pipeline
