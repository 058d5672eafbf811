// The table of ops is what the records say.
#include <algorithm>
#include <catch2/catch.hpp>

#include "zeropoint/ops.h"

namespace zeropoint {
namespace {

OpSummary Find(const std::string& name) {
  const std::vector<OpSummary> ops = SupportedOps();
  const auto at = std::find_if(ops.begin(), ops.end(), [&](const OpSummary& op) { return op.op == name; });
  REQUIRE(at != ops.end());
  return *at;
}

TEST_CASE("an op that runs in every mode has no reasons") {
  const OpSummary conv = Find("CONV_2D");
  for (const OpCoverage* mode : {&conv.float32, &conv.dynamic, &conv.int8, &conv.int16x8, &conv.float16}) {
    CHECK(mode->runs);
    CHECK(mode->since.empty());
    CHECK(mode->reason.empty());
  }
  CHECK(conv.calibrates);
}

TEST_CASE("a release, a condition and a reason are told where there is one") {
  CHECK(Find("DIV").int8.since == "1.4");
  CHECK(Find("SQRT").int16x8.condition == "with integer_only_rewrite");
  const OpSummary sine = Find("SIN");
  CHECK_FALSE(sine.int8.runs);
  CHECK(sine.int8.reason == "LiteRT has no such kernel: its kernel takes float32 only");
  CHECK(sine.integer_rewrite == "a lookup in a table of its values");
}

TEST_CASE("the text has one line for each op, in order") {
  const std::string text = SupportedOpsMarkdown();
  const size_t add = text.find("\n| ADD |"), mul = text.find("\n| MUL |"), tile = text.find("\n| TILE |");
  CHECK(add < mul);
  CHECK(mul < tile);
  CHECK(tile != std::string::npos);
  CHECK(SupportedOpsJson().find("\"op\": \"ADD\"") != std::string::npos);
}

}  // namespace
}  // namespace zeropoint
