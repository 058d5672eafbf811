// The files of lib/targets/data, built in. Private to lib/targets.
#ifndef ZEROPOINT_TARGETS_TARGET_DATA_H_
#define ZEROPOINT_TARGETS_TARGET_DATA_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace zeropoint::targets {

struct DataFile {
  absl::string_view name;  // without ".json"
  absl::string_view text;
};

// By name.
absl::Span<const DataFile> DataFiles();

}  // namespace zeropoint::targets

#endif  // ZEROPOINT_TARGETS_TARGET_DATA_H_
