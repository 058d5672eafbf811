// zeropoint/report_page.h: the page of report/, for the public API.
#include "zeropoint/report_page.h"

#include "base/file.h"
#include "base/status.h"
#include "report/page.h"

namespace zeropoint {

bool HasReportPage() { return report::HasPage(); }

absl::StatusOr<std::string> ReportPage(absl::string_view report_json) { return report::RenderPage(report_json); }

absl::Status WriteReportPage(absl::string_view report_json, const std::string& path) {
  ZP_ASSIGN_OR_RETURN(const std::string page, report::RenderPage(report_json));
  return WriteFileAtomically(path, {reinterpret_cast<const uint8_t*>(page.data()), page.size()});
}

}  // namespace zeropoint
