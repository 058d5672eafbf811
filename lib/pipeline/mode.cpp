#include "pipeline/mode.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "numeric/types.h"
#include "ops/runtime.h"
#include "targets/target.h"

namespace zeropoint::pipeline {
namespace {

using plan::Scheme;

template <typename T>
bool Contains(const std::vector<T>& list, T item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

ElementType Element(Type type) { return static_cast<ElementType>(type); }

// The types that inputs and outputs may have where the scheme occurs.
std::vector<Type> IoTypes(Scheme scheme) {
  if (scheme == Scheme::kInt8) return {Type::kFloat32, Type::kInt8, Type::kUInt8};
  if (scheme == Scheme::kInt16x8) return {Type::kFloat32, Type::kInt16};
  return {Type::kFloat32};
}

absl::Status CheckIoTypes(const ConverterOptions& options, const std::string& mode, const std::set<Scheme>& schemes) {
  std::vector<Type> types;
  for (Scheme scheme : schemes) {
    for (Type type : IoTypes(scheme)) {
      if (!Contains(types, type)) types.push_back(type);
    }
  }
  auto check = [&](absl::string_view attribute, Type type) -> absl::Status {
    if (Contains(types, type)) return absl::OkStatus();
    std::string allowed;
    for (Type t : types) absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", Name(Element(t)));
    const TypeTraits* given = FindTraits(static_cast<int>(type));
    return absl::InvalidArgumentError(absl::StrCat(attribute, " is ", given != nullptr ? given->name : "unknown",
                                                   ", but mode '", mode, "' allows only: ", allowed));
  };
  ZP_RETURN_IF_ERROR(check("inference_input_type", options.inference_input_type));
  return check("inference_output_type", options.inference_output_type);
}

absl::Status RequireDataset(const ConverterOptions& options, const Mode& mode) {
  if (!options.representative_dataset.empty()) return absl::OkStatus();
  const bool by_rule = mode.plan.scheme != Scheme::kInt8 && mode.plan.scheme != Scheme::kInt16x8;
  return absl::InvalidArgumentError(
      absl::StrCat(by_rule ? "a recipe with int8 or int16x8 in it" : "mode '", by_rule ? "" : mode.name,
                   by_rule ? "" : "'", " needs a representative_dataset to calibrate the ranges of activations"));
}

absl::Status CheckSupportedTypes(const TargetSpec& target) {
  for (Type type : target.supported_types) {
    if (type == Type::kFloat32 || type == Type::kFloat16 || type == Type::kInt8) continue;
    const TypeTraits* given = FindTraits(static_cast<int>(type));
    return absl::InvalidArgumentError(absl::StrCat("target_spec.supported_types holds ",
                                                   given != nullptr ? given->name : "an unknown type",
                                                   "; it may hold float32, float16 or int8"));
  }
  return absl::OkStatus();
}

// Which scheme, and whether ops may stay float.
Mode Choose(const ConverterOptions& options, bool trained) {
  const TargetSpec& target = options.target_spec;
  Mode mode;
  if (options.optimizations.empty()) {
    mode.name = "float";
  } else if (Contains(target.supported_ops, OpsSet::kInt16x8)) {
    mode.plan.scheme = Scheme::kInt16x8;
    mode.plan.allow_float_fallback = Contains(target.supported_ops, OpsSet::kTfliteBuiltins);
    mode.name = mode.plan.allow_float_fallback ? "int16x8-fallback" : "int16x8";
  } else if (Contains(target.supported_types, Type::kFloat16)) {
    mode.plan.scheme = Scheme::kFloat16;
    mode.name = "float16";
  } else if (Contains(target.supported_ops, OpsSet::kTfliteBuiltinsInt8) &&
             !Contains(target.supported_ops, OpsSet::kTfliteBuiltins)) {
    mode.plan.scheme = Scheme::kInt8;
    mode.plan.allow_float_fallback = false;
    mode.name = "int8-only";
  } else if (!options.representative_dataset.empty() || trained) {
    mode.plan.scheme = Scheme::kInt8;
    mode.name = "int8";
  } else {
    mode.plan.scheme = Scheme::kDynamicRange;
    mode.name = "dynamic";
  }
  return mode;
}

absl::StatusOr<Mode> ModeNamed(const std::string& name) {
  struct Row {
    const char* name;
    Scheme scheme;
    bool allow_float_fallback;
  };
  constexpr Row kModes[] = {{"float", Scheme::kFloat, true},
                            {"dynamic", Scheme::kDynamicRange, true},
                            {"int8", Scheme::kInt8, true},
                            {"int8-only", Scheme::kInt8, false},
                            {"float16", Scheme::kFloat16, true},
                            {"int16x8", Scheme::kInt16x8, false},
                            {"int16x8-fallback", Scheme::kInt16x8, true}};
  std::string known;
  for (const Row& row : kModes) {
    Mode mode;
    mode.name = row.name;
    mode.plan.scheme = row.scheme;
    mode.plan.allow_float_fallback = row.allow_float_fallback;
    if (name == row.name) return mode;
    absl::StrAppend(&known, known.empty() ? "" : ", ", row.name);
  }
  return absl::InvalidArgumentError(absl::StrCat("recipe: mode: '", name, "' is none of ", known));
}

// The target that is named, in one way or the other; null: none is.
absl::StatusOr<const targets::Target*> TargetOf(const ConverterOptions& options) {
  if (options.target.empty() && options.target_litert.empty()) return nullptr;
  if (options.target.empty()) {
    ZP_ASSIGN_OR_RETURN(const ops::Release release, ops::ParseRelease(options.target_litert));
    return &targets::LitertTarget(release);
  }
  ZP_ASSIGN_OR_RETURN(const targets::Target* target, targets::FindTarget(options.target));
  if (!options.target_litert.empty() && target->name != absl::StrCat("litert-", options.target_litert)) {
    return absl::InvalidArgumentError(absl::StrCat("target is '", options.target, "', but target_litert '",
                                                   options.target_litert, "': one of them is enough"));
  }
  return target;
}

// The options as the recipe changes them.
ConverterOptions Changed(ConverterOptions options, const Recipe& recipe) {
  options.inference_input_type = recipe.input_type.value_or(options.inference_input_type);
  options.inference_output_type = recipe.output_type.value_or(options.inference_output_type);
  options.per_channel = recipe.per_channel.value_or(options.per_channel);
  options.per_channel_dense = recipe.per_channel_dense.value_or(options.per_channel_dense);
  options.integer_only_rewrite = recipe.integer_only_rewrite.value_or(options.integer_only_rewrite);
  options.variable_quantization = recipe.variable_quantization.value_or(options.variable_quantization);
  options.calibration = recipe.calibration.value_or(options.calibration);
  options.sample_state = recipe.sample_state.value_or(options.sample_state);
  return options;
}

// The schemes that the mode and the rules name.
std::set<Scheme> SchemesOf(const Mode& mode, const Recipe& recipe) {
  std::set<Scheme> schemes = {mode.plan.scheme};
  for (const Rule& rule : recipe.rules) schemes.insert(rule.scheme.value_or(mode.plan.scheme));
  return schemes;
}

void NoteIgnored(const ConverterOptions& options, bool trained, const Recipe& recipe, const std::set<Scheme>& schemes,
                 Mode& mode) {
  const Scheme scheme = mode.plan.scheme;
  if (recipe.mode.has_value()) {
    if (!options.optimizations.empty() && Choose(options, trained).name != mode.name) {
      mode.warnings.push_back(
          absl::StrCat("the recipe's mode, ", mode.name, ", replaces optimizations and target_spec"));
    }
  } else if (scheme == Scheme::kFloat && !options.target_spec.supported_types.empty()) {
    mode.warnings.push_back("target_spec.supported_types has no effect without optimizations");
  }
  if (options.integer_only_rewrite && !mode.calibrates) {
    mode.warnings.push_back("integer_only_rewrite has no effect where no activations are calibrated");
  }
  if (options.variable_quantization && schemes.count(Scheme::kInt8) == 0) {
    mode.warnings.push_back("variable_quantization has no effect where nothing is int8");
  }
  if (mode.calibrates || options.representative_dataset.empty()) return;
  if (scheme == Scheme::kFloat16) mode.warnings.push_back("representative_dataset has no effect on float16");
  if (scheme == Scheme::kFloat && !recipe.mode.has_value()) {
    mode.warnings.push_back("representative_dataset has no effect without optimizations");
  }
}

}  // namespace

absl::StatusOr<Mode> ResolveMode(const ConverterOptions& given, bool trained, const Recipe& recipe) {
  if (given.target_spec.supported_ops.empty()) {
    return absl::InvalidArgumentError("target_spec.supported_ops is empty; TFLITE_BUILTINS is the default");
  }
  ZP_RETURN_IF_ERROR(CheckSupportedTypes(given.target_spec));
  const ConverterOptions options = Changed(given, recipe);
  Mode mode;
  if (recipe.mode.has_value()) {
    ZP_ASSIGN_OR_RETURN(mode, ModeNamed(*recipe.mode));
  } else {
    mode = Choose(options, trained);
  }
  const std::set<Scheme> schemes = SchemesOf(mode, recipe);
  mode.quantizes_activations = schemes.count(Scheme::kInt8) > 0 || schemes.count(Scheme::kInt16x8) > 0;
  mode.calibrates = mode.quantizes_activations && (!trained || !options.representative_dataset.empty());
  mode.calibration = options.calibration;
  mode.sample_state = options.sample_state;
  if (mode.calibrates) ZP_RETURN_IF_ERROR(RequireDataset(options, mode));
  ZP_RETURN_IF_ERROR(CheckIoTypes(options, mode.name, schemes));
  mode.plan.per_channel = options.per_channel;
  mode.plan.per_channel_dense = options.per_channel_dense;
  mode.plan.input_type = Element(options.inference_input_type);
  mode.plan.output_type = Element(options.inference_output_type);
  ZP_ASSIGN_OR_RETURN(const targets::Target* target, TargetOf(options));
  mode.target_named = target != nullptr;
  if (target != nullptr) mode.plan.target = target;
  const bool rewrite = options.integer_only_rewrite || mode.plan.target->integer_only_rewrite;
  mode.plan.integer_only_rewrite = rewrite && mode.calibrates;
  // Nothing may stay float in a strict mode, so that variables do not either.
  const bool strict_int8 = mode.plan.scheme == Scheme::kInt8 && !mode.plan.allow_float_fallback;
  mode.plan.variable_quantization = options.variable_quantization || strict_int8;
  NoteIgnored(options, trained, recipe, schemes, mode);
  return mode;
}

}  // namespace zeropoint::pipeline
