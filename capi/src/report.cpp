// Reports of conversions, and the look at a file.
#include <string>

#include "absl/strings/string_view.h"
#include "guard.h"
#include "handles.h"
#include "zeropoint/model.h"
#include "zeropoint/report_page.h"

using zeropoint::ModelInfo;
using zeropoint::capi::BadArgument;
using zeropoint::capi::Guard;
using zeropoint::capi::NewBlob;

namespace {

absl::Status StoreJson(const absl::StatusOr<ModelInfo>& model, zp_blob** json) {
  if (!model.ok()) return model.status();
  *json = NewBlob(model->ToJson());
  return absl::OkStatus();
}

}  // namespace

zp_status zp_report_json(const zp_report* report, int with_times, zp_blob** json, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (json == nullptr) return BadArgument("json is NULL");
    *json = nullptr;
    if (report == nullptr) return BadArgument("report is NULL");
    *json = NewBlob(report->report.ToJson(with_times != 0));
    return absl::OkStatus();
  });
}

void zp_report_free(zp_report* report) { delete report; }

zp_status zp_report_html_to_file(const char* json, size_t size, const char* path, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (json == nullptr) return BadArgument("json is NULL");
    if (path == nullptr) return BadArgument("path is NULL");
    return zeropoint::WriteReportPage(absl::string_view(json, size), path);
  });
}

zp_status zp_inspect(const char* path, zp_blob** json, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (json == nullptr) return BadArgument("json is NULL");
    *json = nullptr;
    if (path == nullptr) return BadArgument("path is NULL");
    return StoreJson(ModelInfo::FromFile(path), json);
  });
}

zp_status zp_inspect_bytes(const void* data, size_t size, zp_blob** json, zp_error** err) {
  return Guard(err, [&]() -> absl::Status {
    if (json == nullptr) return BadArgument("json is NULL");
    *json = nullptr;
    if (data == nullptr) return BadArgument("data is NULL");
    return StoreJson(ModelInfo::FromBytes(absl::string_view(static_cast<const char*>(data), size)), json);
  });
}
