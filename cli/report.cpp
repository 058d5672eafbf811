#include "report.h"

#include <cstdio>

#include "absl/status/statusor.h"
#include "npy.h"
#include "zeropoint/error.h"
#include "zeropoint/report_page.h"

namespace zeropoint::cli {

ExitCode RunReport(const std::string& json, const std::string& html) {
  absl::StatusOr<Buffer> file = MapFile(json);
  if (!file.ok()) return ReportError(file.status());
  absl::Status written = WriteReportPage(file->bytes, html);
  if (written.ok()) return kSuccess;
  if (KindOf(written) != ErrorKind::kModel) return ReportError(written);
  std::fprintf(stderr, "%s (file %s)\n", ErrorText(written).c_str(), json.c_str());
  return kBadModel;
}

}  // namespace zeropoint::cli
