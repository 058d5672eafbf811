#include "pipeline/mode.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "numeric/types.h"

namespace zeropoint::pipeline {
namespace {

using plan::Scheme;

template <typename T>
bool Contains(const std::vector<T>& list, T item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

ElementType Element(Type type) { return static_cast<ElementType>(type); }

// `types` lists what inference_input_type and inference_output_type may be in this mode.
absl::Status CheckIoTypes(const ConverterOptions& options, const std::string& mode, std::initializer_list<Type> types) {
  auto check = [&](absl::string_view attribute, Type type) -> absl::Status {
    if (std::find(types.begin(), types.end(), type) != types.end()) return absl::OkStatus();
    std::string allowed;
    for (Type t : types) absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", Name(Element(t)));
    const TypeTraits* given = FindTraits(static_cast<int>(type));
    return absl::InvalidArgumentError(absl::StrCat(attribute, " is ", given != nullptr ? given->name : "unknown",
                                                   ", but mode '", mode, "' allows only: ", allowed));
  };
  ZP_RETURN_IF_ERROR(check("inference_input_type", options.inference_input_type));
  return check("inference_output_type", options.inference_output_type);
}

absl::Status RequireDataset(const ConverterOptions& options, const std::string& mode) {
  if (!options.representative_dataset.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("mode '", mode, "' needs a representative_dataset to calibrate the ranges of activations"));
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
  const bool integer = mode.plan.scheme == Scheme::kInt8 || mode.plan.scheme == Scheme::kInt16x8;
  mode.calibrates = integer && (!trained || !options.representative_dataset.empty());
  return mode;
}

void NoteIgnored(const ConverterOptions& options, Mode& mode) {
  if (mode.plan.scheme == Scheme::kFloat && !options.representative_dataset.empty()) {
    mode.warnings.push_back("representative_dataset has no effect without optimizations");
  }
  if (mode.plan.scheme == Scheme::kFloat && !options.target_spec.supported_types.empty()) {
    mode.warnings.push_back("target_spec.supported_types has no effect without optimizations");
  }
  if (mode.plan.scheme == Scheme::kFloat16 && !options.representative_dataset.empty()) {
    mode.warnings.push_back("representative_dataset has no effect on float16");
  }
}

}  // namespace

absl::StatusOr<Mode> ResolveMode(const ConverterOptions& options, bool trained) {
  if (options.target_spec.supported_ops.empty()) {
    return absl::InvalidArgumentError("target_spec.supported_ops is empty; TFLITE_BUILTINS is the default");
  }
  ZP_RETURN_IF_ERROR(CheckSupportedTypes(options.target_spec));
  Mode mode = Choose(options, trained);
  if (mode.calibrates) ZP_RETURN_IF_ERROR(RequireDataset(options, mode.name));
  switch (mode.plan.scheme) {
    case Scheme::kInt8:
      ZP_RETURN_IF_ERROR(CheckIoTypes(options, mode.name, {Type::kFloat32, Type::kInt8, Type::kUInt8}));
      break;
    case Scheme::kInt16x8:
      ZP_RETURN_IF_ERROR(CheckIoTypes(options, mode.name, {Type::kFloat32, Type::kInt16}));
      break;
    default:
      ZP_RETURN_IF_ERROR(CheckIoTypes(options, mode.name, {Type::kFloat32}));
  }
  mode.plan.per_channel = options.per_channel;
  mode.plan.per_channel_dense = options.per_channel_dense;
  mode.plan.input_type = Element(options.inference_input_type);
  mode.plan.output_type = Element(options.inference_output_type);
  NoteIgnored(options, mode);
  return mode;
}

}  // namespace zeropoint::pipeline
