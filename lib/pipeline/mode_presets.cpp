// The table behind zeropoint/modes.h.
#include "zeropoint/modes.h"

namespace zeropoint {

const std::vector<ModePreset>& ModePresets() {
  static const auto& presets = *new std::vector<ModePreset>{
      {"float", false, false, {OpsSet::kTfliteBuiltins}, {}},
      {"dynamic", true, false, {OpsSet::kTfliteBuiltins}, {}},
      {"int8", true, true, {OpsSet::kTfliteBuiltins}, {}},
      {"int8-only", true, true, {OpsSet::kTfliteBuiltinsInt8}, {}},
      {"float16", true, false, {OpsSet::kTfliteBuiltins}, {Type::kFloat16}},
      {"int16x8", true, true, {OpsSet::kInt16x8}, {}},
      {"int16x8-fallback", true, true, {OpsSet::kInt16x8, OpsSet::kTfliteBuiltins}, {}},
  };
  return presets;
}

const ModePreset* FindModePreset(const std::string& name) {
  for (const ModePreset& preset : ModePresets()) {
    if (preset.name == name) return &preset;
  }
  return nullptr;
}

}  // namespace zeropoint
