// What the build makes of page/: see page.h.
#ifndef ZEROPOINT_REPORT_PAGE_TEMPLATE_H_
#define ZEROPOINT_REPORT_PAGE_TEMPLATE_H_

#include "absl/strings/string_view.h"

namespace zeropoint::report {

// Stands once in the template, where the report's JSON belongs. page/build.mjs writes the same.
inline constexpr absl::string_view kReportMarker = "@ZEROPOINT_REPORT@";

// HTML in ASCII; empty in a build without the page.
absl::string_view PageTemplate();

}  // namespace zeropoint::report

#endif  // ZEROPOINT_REPORT_PAGE_TEMPLATE_H_
