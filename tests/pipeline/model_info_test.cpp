#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/formats/tflite/raw_model.h"
#include "zeropoint/model.h"

using namespace zeropoint;
using Json = nlohmann::json;

namespace {

ModelInfo Inspect(const test::RawModel& raw) {
  const Bytes file = test::Pack(raw);
  auto info = ModelInfo::FromBytes({reinterpret_cast<const char*>(file.data()), file.size()});
  INFO(info.status().ToString());
  REQUIRE(info.ok());
  REQUIRE(info->bytes == file.size());
  return *std::move(info);
}

bool HasLine(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("a model's tensors, operators and signatures are told") {
  const ModelInfo info = Inspect(test::CustomModel());
  REQUIRE(info.description == "by hand");
  REQUIRE(info.metadata == std::vector<std::string>{"about"});
  REQUIRE(info.subgraphs.size() == 1);
  const SubgraphInfo& graph = info.subgraphs[0];
  REQUIRE(graph.tensors[0].shape == std::vector<int64_t>{-1, 2});
  REQUIRE(graph.tensors[1].is_constant);
  REQUIRE(graph.tensors[1].bytes == 8);
  REQUIRE(graph.tensors[2].type == "int8");
  REQUIRE(graph.tensors[2].zero_point == std::vector<int64_t>{-3});
  REQUIRE(graph.operators[0].op == "custom.Mine");
  REQUIRE(graph.operators[0].inputs == std::vector<int>{0, 1, -1});
  REQUIRE(info.signatures[0].input_names == std::vector<std::string>{"image"});
  REQUIRE(info.signatures[0].outputs == std::vector<int>{2});
}

TEST_CASE("the text lists signatures, operators, tensors and totals in columns") {
  const std::string text = Inspect(test::CustomModel()).ToText();
  INFO(text);
  REQUIRE(HasLine(text, "signature serve (subgraph 0)"));
  REQUIRE(HasLine(text, "  input   image  float32[?,2]"));
  REQUIRE(HasLine(text, "  output  label  int8[1,2]     scale 0.5, zero point -3"));
  REQUIRE(HasLine(text, "  0   custom.Mine v3  0 1 -   2"));
  REQUIRE(HasLine(text, "  1       float32[2]                              8 bytes   w"));
  REQUIRE(HasLine(text, "1 ops, 4 tensors"));
  REQUIRE(HasLine(text, "  float32  1 tensors  8 bytes"));
}

TEST_CASE("the JSON has the members of ModelInfo, and names that are not UTF-8 do not break it") {
  test::RawModel raw = test::CustomModel();
  raw.graphs[0].tensors[0].name = "\xff\xfe";
  const Json json = Json::parse(Inspect(raw).ToJson());
  REQUIRE(json["signatures"][0]["inputs"][0] == Json({{"name", "image"}, {"tensor", 0}}));
  REQUIRE(json["subgraphs"][0]["operators"][0]["version"] == 3);
  REQUIRE(json["subgraphs"][0]["tensors"][2]["scale"] == Json({0.5}));
  REQUIRE_FALSE(json["subgraphs"][0]["tensors"][1].contains("scale"));
}

TEST_CASE("a file that is not there, or not a model, is an error that names it") {
  REQUIRE(ModelInfo::FromFile("/nowhere/model.tflite").status().code() == absl::StatusCode::kNotFound);
  REQUIRE(ModelInfo::FromBytes("hello world").status().code() == absl::StatusCode::kInvalidArgument);
}
