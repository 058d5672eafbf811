// A report as one HTML page that needs nothing else: no network, no other file.
//
// What the browser runs stands in page/ and is bundled by the build into one template (page/build.mjs), in which the
// report's JSON takes the place of a marker. The template is part of the library where node and npm were at hand.
#ifndef ZEROPOINT_REPORT_PAGE_H_
#define ZEROPOINT_REPORT_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "base/status.h"

namespace zeropoint::report {

// Whether this build has the template.
bool HasPage();

// The page that shows a report: the JSON of a conversion (docs/report.schema.json) or of a debug run
// (docs/debug.schema.json). Whatever the report's names hold, none of it becomes markup.
// Errors: kInvalidArgument for text that is no JSON, or not a report; kUnimplemented without a template.
absl::StatusOr<std::string> RenderPage(absl::string_view report_json);

}  // namespace zeropoint::report

#endif  // ZEROPOINT_REPORT_PAGE_H_
