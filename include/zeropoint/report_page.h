// A report as one HTML page that opens from a file, without a network.
#ifndef ZEROPOINT_REPORT_PAGE_PUBLIC_H_
#define ZEROPOINT_REPORT_PAGE_PUBLIC_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zeropoint {

// Whether this build of the library carries the page; it does when it was built where node and npm are.
bool HasReportPage();

// `report_json` is what Report::ToJson() gives, or the JSON of `zeropoint debug`; the page shows what there is.
// Errors: kInvalidArgument for text that is no such JSON; kUnimplemented when the build carries no page.
absl::StatusOr<std::string> ReportPage(absl::string_view report_json);

// The same into a file, written as a whole or not at all. Further errors: those of writing it, with the file's name.
absl::Status WriteReportPage(absl::string_view report_json, const std::string& path);

}  // namespace zeropoint

#endif  // ZEROPOINT_REPORT_PAGE_PUBLIC_H_
