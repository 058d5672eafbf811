#include "report/page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "nlohmann/json.hpp"
#include "report/page_template.h"

namespace zeropoint::report {
namespace {

using Json = nlohmann::ordered_json;

absl::Status NoReport(absl::string_view why) {
  return Annotate(absl::InvalidArgumentError(absl::StrCat("not a report of Zeropoint: ", why)), Place::kStage,
                  "report");
}

absl::StatusOr<Json> Parse(absl::string_view text) {
  try {
    Json json = Json::parse(text.begin(), text.end());
    if (!json.is_object() || !json.contains("ops") || !json["ops"].is_array()) {
      return NoReport("it has no list \"ops\"");
    }
    return json;
  } catch (const Json::parse_error& error) {
    return NoReport(absl::StrCat("no JSON at byte ", error.byte));
  }
}

// JSON that may stand in an HTML script element: all that HTML or JavaScript could take for the end of something is
// escaped. Outside strings JSON has none of these characters, and ASCII output leaves no U+2028 either.
std::string ForScript(const Json& json) {
  constexpr int kOneLine = -1;
  constexpr bool kAscii = true;
  const std::string text = json.dump(kOneLine, ' ', kAscii, Json::error_handler_t::replace);
  return absl::StrReplaceAll(text, {{"<", "\\u003c"}, {">", "\\u003e"}, {"&", "\\u0026"}});
}

}  // namespace

bool HasPage() { return !PageTemplate().empty(); }

absl::StatusOr<std::string> RenderPage(absl::string_view report_json) {
  if (!HasPage()) {
    return absl::UnimplementedError(
        "this build of Zeropoint has no HTML page: build it where node and npm are, with -DZEROPOINT_REPORT_PAGE=ON");
  }
  ZP_ASSIGN_OR_RETURN(const Json json, Parse(report_json));
  const absl::string_view page = PageTemplate();
  const size_t marker = page.find(kReportMarker);
  if (marker == absl::string_view::npos) return absl::InternalError("the page's template has no place for a report");
  return absl::StrCat(page.substr(0, marker), ForScript(json), page.substr(marker + kReportMarker.size()));
}

}  // namespace zeropoint::report
