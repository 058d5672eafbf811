#include "report/page.h"

#include <catch2/catch.hpp>
#include <string>

#include "report/page_template.h"

using namespace zeropoint;

TEST_CASE("a build without the page says how to get it, one with it refuses what is no report") {
  if (!report::HasPage()) {
    const absl::Status status = report::RenderPage(R"({"ops": []})").status();
    REQUIRE(status.code() == absl::StatusCode::kUnimplemented);
    REQUIRE_THAT(std::string(status.message()), Catch::Contains("ZEROPOINT_REPORT_PAGE"));
    return;
  }
  for (const char* wrong : {"", "{", "[]", "{}", R"({"ops": 1})", "{\"ops\": [\"\xff\"]}"}) {
    CAPTURE(wrong);
    REQUIRE(report::RenderPage(wrong).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("nothing that a report holds ends the element it stands in") {
  if (!report::HasPage()) return;
  absl::StatusOr<std::string> page =
      report::RenderPage("{\"ops\": [], \"name\": \"</script><!--<b>&amp;\xe2\x80\xa8 @ZEROPOINT_REPORT@\"}");
  REQUIRE(page.ok());
  const std::string embedded =
      R"({"ops":[],"name":"\u003c/script\u003e\u003c!--\u003cb\u003e\u0026amp;\u2028 @ZEROPOINT_REPORT@"})";
  const std::string whole(report::PageTemplate());
  const size_t place = whole.find(std::string(report::kReportMarker));
  REQUIRE(page->size() == whole.size() - report::kReportMarker.size() + embedded.size());
  REQUIRE(page->substr(place, embedded.size()) == embedded);
}
