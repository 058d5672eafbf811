#include "zeropoint/report.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "ir/text.h"
#include "pipeline/report.h"

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

TEST_CASE("a report lists the tensors of the result, not what they replaced") {
  absl::StatusOr<ir::Graph> graph = ir::ParseGraph(R"(graph main
input %x : float32[2]
const %k : int8[2] scale=1 zero_point=0 = 1 2
%y = ADD(%x, %k) : float32[2]
output %y
)");
  REQUIRE(graph.ok());
  const float replaced[] = {1.0f, 2.0f};
  graph->AddConstant("k", ElementType::kFloat32, {2}, Bytes::Of(absl::MakeConstSpan(replaced)));
  ir::Model model;
  model.graphs.push_back(*std::move(graph));
  Report report;
  pipeline::DescribeResult(model, {}, report);
  REQUIRE(report.tensors.size() == 3);
  for (const TensorReport& tensor : report.tensors) CHECK((tensor.name != "k" || tensor.type == "int8"));
}
