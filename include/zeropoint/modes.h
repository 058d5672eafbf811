// The converter's modes by name, for those who do not want to spell out options.
#ifndef ZEROPOINT_MODES_H_
#define ZEROPOINT_MODES_H_

#include <string>
#include <vector>

#include "zeropoint/types.h"

namespace zeropoint {

// What LiteRT's converter is told for a mode.
struct ModePreset {
  std::string name;  // as Report::mode
  bool quantizes = false;
  bool needs_data = false;
  std::vector<OpsSet> supported_ops;
  std::vector<Type> supported_types;
};

// "float", "dynamic", "int8", "int8-only", "float16", "int16x8", "int16x8-fallback".
const std::vector<ModePreset>& ModePresets();
// Null for a name that is no mode's.
const ModePreset* FindModePreset(const std::string& name);

}  // namespace zeropoint

#endif  // ZEROPOINT_MODES_H_
