// Ops that neither LiteRT nor the engine runs: conversion leaves them as they are, calibration names them.
#include <catch2/catch.hpp>

#include "formats/tflite/tflite.h"
#include "zeropoint/converter.h"

using namespace zeropoint;

namespace {

// y = STABLEHLO_CUSTOM_CALL(x * x)
std::vector<uint8_t> ModelWithCustomCall() {
  ir::Graph graph;
  const ir::ValueId x = graph.AddValue({"x", ElementType::kFloat32, {2, 3}});
  const ir::ValueId square = graph.AddValue({"square", ElementType::kFloat32, {2, 3}});
  const ir::ValueId y = graph.AddValue({"y", ElementType::kFloat32, {4}});
  graph.inputs = {x};
  graph.outputs = {y};
  graph.AddNode({.op = "MUL", .name = "square"}, {x, x}, {square});
  ir::NodeInfo call{.op = "STABLEHLO_CUSTOM_CALL", .name = "call"};
  call.attrs.Set("call_target_name", std::string("somebody.knows"));
  call.attrs.Set("custom_attributes", std::string("a\0b", 3));
  call.attrs.Set("api_version", int64_t{4});
  graph.AddNode(std::move(call), {square}, {y});
  ir::Model model;
  model.graphs.push_back(std::move(graph));
  auto file = formats::tflite::Write(model);
  REQUIRE(file.ok());
  return *std::move(file);
}

Converter MakeConverter() {
  const std::vector<uint8_t> file = ModelWithCustomCall();
  auto converter = Converter::FromTfliteBytes({reinterpret_cast<const char*>(file.data()), file.size()});
  INFO(DescribeError(converter.status()));
  REQUIRE(converter.ok());
  return *std::move(converter);
}

}  // namespace

TEST_CASE("an op that nothing here runs is carried through a conversion with all its options") {
  for (const bool quantize : {false, true}) {
    Converter converter = MakeConverter();
    if (quantize) converter.optimizations = {Optimize::kDefault};
    const auto result = converter.Convert();
    INFO(DescribeError(result.status()));
    REQUIRE(result.ok());
    const auto model = formats::tflite::Read(Bytes::Own(result->model), "converted");
    REQUIRE(model.ok());
    const ir::Graph& graph = model->graphs[0];
    const ir::Node& call = graph.node(graph.producer(graph.outputs[0]));
    CHECK(call.op() == "STABLEHLO_CUSTOM_CALL");
    CHECK(call.attrs().String("call_target_name") == "somebody.knows");
    CHECK(call.attrs().String("custom_attributes") == std::string("a\0b", 3));
    CHECK(call.attrs().Int("api_version") == 4);
    CHECK(graph.value(graph.outputs[0]).shape == ir::Shape{4});
  }
}

TEST_CASE("calibration that needs an op which the engine cannot run says so by name") {
  Converter converter = MakeConverter();
  converter.optimizations = {Optimize::kDefault};
  const std::vector<float> data(6, 0.5f);
  converter.representative_dataset =
      RepresentativeDataset::FromSamples({{"", {{"x", Type::kFloat32, {2, 3}, data.data(), sizeof(float) * 6}}}});
  const auto result = converter.Convert();
  REQUIRE_FALSE(result.ok());
  CHECK(absl::IsUnimplemented(result.status()));
  CHECK(DescribeError(result.status()).find("STABLEHLO_CUSTOM_CALL") != std::string::npos);
}
