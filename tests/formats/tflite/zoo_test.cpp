// Real models; they are outside the project, and the tests pass with a warning where they are absent.
#include <catch2/catch.hpp>
#include <set>

#include "base/file.h"
#include "formats/tflite/tflite.h"
#include "ir/text.h"
#include "tests/support/shared.h"

using namespace zeropoint;
using formats::tflite::Read;
using formats::tflite::Write;

TEST_CASE("every model of the zoo reads, writes and reads the same", "[shared]") {
  const auto files = test::SharedTfliteFiles();
  if (files.empty()) WARN("no shared models: nothing was tested");
  std::set<std::string> unsupported;
  for (const auto& path : files) {
    INFO(path.string());
    auto bytes = MapFile(path.string());
    REQUIRE(bytes.ok());
    auto model = Read(*bytes, path.string());
    if (model.status().code() == absl::StatusCode::kUnimplemented) {
      unsupported.insert(std::string(model.status().message()));
      continue;
    }
    INFO(Describe(model.status()));
    REQUIRE(model.ok());
    auto written = Write(*model);
    REQUIRE(written.ok());
    auto again = Read(Bytes::Own(*written), path.string());
    INFO(Describe(again.status()));
    REQUIRE(again.ok());
    const ir::TextOptions whole = {.all_elements = true};
    REQUIRE(ir::ToText(*again, whole) == ir::ToText(*model, whole));
    REQUIRE(*Write(*again) == *written);
    CHECK(written->size() <= bytes->size());
  }
  for (const std::string& reason : unsupported) WARN(reason);
}
