#include "zeropoint/report.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace zeropoint;

TEST_CASE("a report's JSON has every member and survives names that are no UTF-8") {
  Report report;
  report.mode = "int8";
  report.ops.push_back({"COS", "bad\xff name", 1, false, "no integer kernel"});
  report.tensors.push_back({"w", "int8", {2, 3}, {0.5f, 0.25f}, {0, 0}, 1, true});
  report.times.push_back({"calibrate", 0.5});

  auto json = nlohmann::json::parse(report.ToJson());
  REQUIRE(json["mode"] == "int8");
  REQUIRE(json["ops"][0]["reason"] == "no integer kernel");
  REQUIRE(json["tensors"][0]["scale"].size() == 2);
  REQUIRE(json["tensors"][0]["axis"] == 1);
  REQUIRE(json["times"][0]["stage"] == "calibrate");
}

TEST_CASE("without times the same report gives the same text") {
  Report a, b;
  a.times.push_back({"write", 1.0});
  b.times.push_back({"write", 2.0});
  REQUIRE(a.ToJson(false) == b.ToJson(false));
  REQUIRE(a.ToJson() != b.ToJson());
}
