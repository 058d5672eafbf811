// The data file about LiteRT's releases. Private to lib/targets.
#ifndef ZEROPOINT_TARGETS_PARSE_H_
#define ZEROPOINT_TARGETS_PARSE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "base/status.h"
#include "targets/target.h"

namespace zeropoint::targets {

// Fills in title, sources and the newest version of each op, release by release.
absl::Status ReadLitertVersions(absl::string_view json, std::vector<Target>& releases);

}  // namespace zeropoint::targets

#endif  // ZEROPOINT_TARGETS_PARSE_H_
